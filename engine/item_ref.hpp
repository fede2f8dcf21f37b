#pragma once
// How the model's parts name an item to each other.

#include <cstdint>

namespace riq::engine {

/// Dense index of an item with the generation of that index. Indices are used again after an item
/// was evicted; what still names the old one is then recognised as stale by its generation, so
/// nothing has to be searched for references when an item goes.
struct item_ref {
  static constexpr std::uint32_t index_bits = 24;
  static constexpr std::uint32_t max_index = (1U << index_bits) - 1;

  std::uint32_t bits = 0xffffffffU;

  static item_ref of(std::uint32_t index, std::uint8_t generation) {
    return {index | (std::uint32_t{generation} << index_bits)};
  }
  std::uint32_t index() const { return bits & max_index; }
  std::uint8_t generation() const { return static_cast<std::uint8_t>(bits >> index_bits); }
  bool operator==(const item_ref&) const = default;
};

} // namespace riq::engine
