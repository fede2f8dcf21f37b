#pragma once
// A hash table from 64-bit keys to dense indices.

#include <array>
#include <cstdint>
#include <vector>

#include "engine/prefetch.hpp"

namespace riq::engine {

/// Open addressing with linear probing in 256 parts that grow on their own, so that no single
/// insertion rehashes everything. A key may be in it more than once (colliding hashes of strings):
/// `find` asks the caller which one is meant.
class id_table {
 public:
  static constexpr std::uint32_t none = 0xffffffffU;

  /// The value under `key` that `same` accepts, else `none`.
  template <class Same>
  std::uint32_t find(std::uint64_t key, Same&& same) const {
    const auto mixed = mix(key);
    const auto& part = parts_[mixed >> 56];
    if (part.slots.empty()) return none;
    const auto mask = part.slots.size() - 1;
    for (auto i = home(mixed) & mask; part.slots[i].value != none; i = (i + 1) & mask)
      if (part.slots[i].key == key && same(part.slots[i].value)) return part.slots[i].value;
    return none;
  }
  std::uint32_t find(std::uint64_t key) const {
    return find(key, [](std::uint32_t) { return true; });
  }

  /// Hints that the key is looked up soon.
  void foresee(std::uint64_t key) const {
    const auto mixed = mix(key);
    const auto& part = parts_[mixed >> 56];
    if (!part.slots.empty()) prefetch(part.slots[home(mixed) & (part.slots.size() - 1)]);
  }

  void insert(std::uint64_t key, std::uint32_t value) {
    auto& part = parts_[mix(key) >> 56];
    if ((part.used + 1) * 4 > part.slots.size() * 3) grow(part);
    place(part, {key, value});
    ++part.used;
    ++size_;
  }

  /// Replaces the value of a key that is in the table once, or inserts it.
  void assign(std::uint64_t key, std::uint32_t value) {
    const auto mixed = mix(key);
    auto& part = parts_[mixed >> 56];
    if (!part.slots.empty()) {
      const auto mask = part.slots.size() - 1;
      for (auto i = home(mixed) & mask; part.slots[i].value != none; i = (i + 1) & mask)
        if (part.slots[i].key == key) {
          part.slots[i].value = value;
          return;
        }
    }
    insert(key, value);
  }

  void erase(std::uint64_t key, std::uint32_t value) {
    const auto mixed = mix(key);
    auto& part = parts_[mixed >> 56];
    if (part.slots.empty()) return;
    const auto mask = part.slots.size() - 1;
    auto i = home(mixed) & mask;
    while (part.slots[i].value != none &&
           !(part.slots[i].key == key && part.slots[i].value == value))
      i = (i + 1) & mask;
    if (part.slots[i].value == none) return;
    // Backward shift: close the gap so that probing needs no tombstones.
    for (auto k = (i + 1) & mask; part.slots[k].value != none; k = (k + 1) & mask) {
      const auto wants = home(mix(part.slots[k].key)) & mask;
      if (((k - wants) & mask) >= ((k - i) & mask)) {
        part.slots[i] = part.slots[k];
        i = k;
      }
    }
    part.slots[i].value = none;
    --part.used;
    --size_;
  }

  std::size_t size() const { return size_; }
  std::size_t memory() const {
    std::size_t n = sizeof(*this);
    for (const auto& part : parts_) n += part.slots.capacity() * sizeof(slot);
    return n;
  }

 private:
  struct slot {
    std::uint64_t key = 0;
    std::uint32_t value = none;
  };
  struct part {
    std::vector<slot> slots; // a power of two
    std::size_t used = 0;
  };

  static std::uint64_t mix(std::uint64_t key) {
    key = (key ^ (key >> 32)) * 0x9e3779b97f4a7c15ULL;
    return key ^ (key >> 29);
  }
  static std::size_t home(std::uint64_t mixed) { return static_cast<std::size_t>(mixed); }

  static void place(part& p, slot s) {
    const auto mask = p.slots.size() - 1;
    auto i = home(mix(s.key)) & mask;
    while (p.slots[i].value != none) i = (i + 1) & mask;
    p.slots[i] = s;
  }
  static void grow(part& p) {
    std::vector<slot> old(p.slots.empty() ? 8 : p.slots.size() * 2);
    old.swap(p.slots);
    for (const auto& s : old)
      if (s.value != none) place(p, s);
  }

  std::array<part, 256> parts_;
  std::size_t size_ = 0;
};

} // namespace riq::engine
