#pragma once
// Failures as RFC 9457 problem documents:
// {"type","title","status","detail","code"} and "field" when one of the caller's is wrong.

#include "gateway/reply.hpp"
#include "messages/error.hpp"

#include <string_view>

namespace riq::gateway {

/// The status that an error has unless its route says another.
unsigned status_of(ec code);

/// The problem document of an error.
reply problem(const error& e);

/// The same under a status of HTTP's own that no `ec` stands for: 405, 408, 414, 415, 417, 431.
reply problem(unsigned status, const error& e);

/// The same with more members, a JSON object.
reply problem(unsigned status, const error& e, std::string_view more);

/// 429: one caller has too much running, the others are served.
reply too_many_requests(std::string_view detail);

} // namespace riq::gateway
