#pragma once
// Who cares for which item: what a shard asks when an item's price or stock changes, so that nobody
// has to look at all users. Bounded in all and by item; the oldest interest goes first. It is
// derived from the users' states and from the events that pass, and rebuilt from snapshots at a
// start.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/id_table.hpp"
#include "messages/text_map.hpp"

namespace riq::engine {

/// Every operation but `of` and `forget` takes constant time: it is asked at each view.
class interest_index {
 public:
  interest_index(std::size_t entries, std::size_t per_item);

  /// The user met the item, or has it in the cart. A repetition makes the interest new again.
  void add(std::string_view user, std::string_view product);

  /// The user was erased. Looks at every entry.
  void forget(std::string_view user);

  bool knows(std::string_view product) const { return items_.number.contains(product); }

  /// The users who care, the latest first.
  std::vector<std::string> of(std::string_view product) const;

  std::size_t size() const { return size_; }
  /// Estimate, bytes.
  std::size_t bytes() const;

 private:
  static constexpr std::uint32_t none = id_table::none;

  struct link {
    std::uint32_t older = none;
    std::uint32_t newer = none;
  };
  /// Entries from the oldest to the newest, through one of their links.
  struct chain {
    std::uint32_t oldest = none;
    std::uint32_t newest = none;
  };
  struct entry {
    std::uint32_t user = none; ///< none: free
    std::uint32_t item = none;
    link in_item;
    link in_all;
  };
  struct name {
    const std::string* id = nullptr; ///< the key in `names::number`
    std::uint32_t entries = 0;
    chain list; ///< of items only
  };
  /// Dense numbers for texts that have entries.
  struct names {
    text_map<std::uint32_t> number;
    std::vector<name> all;
    std::vector<std::uint32_t> free;

    std::uint32_t of(std::string_view id);
    void leave(std::uint32_t n); ///< one entry less
  };

  static std::uint64_t key(std::uint32_t user, std::uint32_t item) {
    return std::uint64_t{user} << 32 | item;
  }
  template <link entry::*In>
  void append(chain& to, std::uint32_t e);
  template <link entry::*In>
  void unlink(chain& from, std::uint32_t e);
  void drop(std::uint32_t e);

  std::size_t max_entries_;
  std::size_t per_item_;
  std::size_t size_ = 0;
  names items_;
  names users_;
  std::vector<entry> entries_;
  std::vector<std::uint32_t> free_;
  id_table by_pair_; ///< entries by user and item
  chain all_;
};

} // namespace riq::engine
