#pragma once
// Signed texts that travel in URLs: base64url(payload) '.' base64url(first 16 bytes of
// HMAC-SHA-256), without padding. What a text is for is signed with it, so that one kind never
// passes for another.

#include <optional>
#include <string>
#include <string_view>

namespace riq::engine {

std::string sign_text(std::string_view payload, std::string_view purpose, std::string_view secret);

/// The payload; nothing when the text was not signed so. Compared in constant time, and only the
/// one spelling that `sign_text` makes is taken.
std::optional<std::string> open_text(std::string_view text, std::string_view purpose,
                                     std::string_view secret);

} // namespace riq::engine
