#pragma once
// Groups of items that are alike: same brand, same category and brand, same category and price.

#include <cstdint>

#include "engine/chunked.hpp"
#include "engine/id_table.hpp"
#include "engine/top_list.hpp"

namespace riq::engine {

/// Named groups with their most popular items. A group exists while it has members, so there are
/// never more than a few per item.
class group_lists {
 public:
  static constexpr std::uint32_t none = id_table::none;
  static constexpr std::size_t capacity = 96;

  /// The group with this key, made when it is new; counts one more member.
  std::uint32_t join(std::uint64_t key);
  /// The member leaves; `item`, `hash` and `popularity` are its entry.
  void leave(std::uint32_t group, item_ref item, std::uint64_t hash, double popularity);
  std::uint32_t find(std::uint64_t key) const { return by_key_.find(key); }

  top_list& operator[](std::uint32_t group) { return groups_[group].best; }
  const top_list& operator[](std::uint32_t group) const { return groups_[group].best; }

  /// Groups are below this.
  std::uint32_t span() const { return static_cast<std::uint32_t>(groups_.size()); }
  std::size_t size() const { return by_key_.size(); }
  std::size_t memory() const { return groups_.memory() + by_key_.memory(); }

 private:
  struct group {
    std::uint64_t key = 0;
    std::uint32_t members = 0;
    top_list best;
  };

  chunked<group> groups_;
  std::vector<std::uint32_t> free_;
  id_table by_key_;
};

} // namespace riq::engine
