#pragma once
// A text with its hash, for those who look it up more than once.

#include <concepts>
#include <cstdint>
#include <string_view>

#include "messages/hash.hpp"

namespace riq {

/// A view: the text outlives it.
struct hashed_text {
  template <std::convertible_to<std::string_view> Text>
  hashed_text(const Text& of) : text(of), hash(stable_hash(text)) {}
  hashed_text(std::string_view of, std::uint64_t its_hash) : text(of), hash(its_hash) {}

  std::string_view text;
  std::uint64_t hash; ///< stable_hash of the text
};

} // namespace riq
