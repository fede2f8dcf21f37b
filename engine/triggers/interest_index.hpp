#pragma once
// Who cares for which item: what a shard asks when an item's price or stock changes, so that nobody
// has to look at all users. Bounded in all and by item; the oldest interest goes first. It is
// derived from the users' states and from the events that pass, and rebuilt from snapshots at a
// start.

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "messages/text_map.hpp"

namespace riq::engine {

class interest_index {
 public:
  interest_index(std::size_t entries, std::size_t per_item);

  /// The user met the item, or has it in the cart. A repetition makes the interest new again.
  void add(std::string_view user, std::string_view product);

  /// The user was erased.
  void forget(std::string_view user);

  bool knows(std::string_view product) const { return items_.find(product) != items_.end(); }

  /// The users who care, the latest first.
  std::vector<std::string> of(std::string_view product) const;

  std::size_t size() const { return size_; }
  std::size_t bytes() const;

 private:
  struct entry {
    std::uint32_t user = 0;
    std::uint64_t age = 0; ///< of the addition that counts
  };
  struct person {
    std::string id;
    std::uint32_t entries = 0;
  };
  struct addition {
    std::uint64_t age = 0;
    std::string product;
    std::uint32_t user = 0;
  };

  std::uint32_t number_of(std::string_view user);
  void leave(std::uint32_t user);
  bool drop(const std::string& product, std::uint32_t user, std::uint64_t age);
  void shrink();

  std::size_t max_entries_;
  std::size_t per_item_;
  std::size_t size_ = 0;
  std::uint64_t next_age_ = 1;
  text_map<std::vector<entry>> items_; ///< by product, the oldest first
  text_map<std::uint32_t> numbers_;    ///< of users
  std::vector<person> people_;
  std::vector<std::uint32_t> free_;
  std::deque<addition> order_; ///< the oldest first; outdated ones are skipped
};

} // namespace riq::engine
