#pragma once
// Who cares for which item: what a shard asks when an item's price or stock changes, so that nobody
// has to look at all users. Bounded in all and by item; the oldest interest goes first. It is
// derived from the users' states and from the events that pass, and rebuilt from snapshots at a
// start.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/chunked.hpp"
#include "engine/id_table.hpp"
#include "messages/hashed_text.hpp"

namespace riq::engine {

/// Every operation but `of` and `forget` takes constant time: it is asked at each view.
class interest_index {
 public:
  interest_index(std::size_t entries, std::size_t per_item);

  /// The user met the item at this price, or has it in the cart; 0: at a price that is not known.
  /// A repetition makes the interest new again.
  void add(const hashed_text& user, const hashed_text& product, double price = 0);

  /// The user was erased. Looks at every entry.
  void forget(const hashed_text& user);

  /// Hints that these users, by their hashes, are added soon, each with its item. Asking for
  /// several at once takes as long as for one.
  void foresee(std::span<const std::uint64_t> users, std::span<const std::uint64_t> items) const;

  bool knows(const hashed_text& product) const { return items_.find(product) != none; }

  /// The users who care, the latest first.
  std::vector<std::string> of(const hashed_text& product) const;

  /// The highest price at which somebody met the item since it was set last, 0: not known.
  double ceiling(const hashed_text& product) const;
  void set_ceiling(const hashed_text& product, double price);
  void forget_ceilings();

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
    std::string id; ///< empty: free
    std::uint64_t hash = 0;
    std::uint32_t entries = 0;
    chain list;         ///< of items only
    double ceiling = 0; ///< of items only
  };
  /// Dense numbers for texts that have entries.
  struct names {
    id_table number;
    chunked<name> all;
    std::vector<std::uint32_t> free;
    std::size_t text_bytes = 0;

    std::uint32_t find(const hashed_text& id) const;
    std::uint32_t of(const hashed_text& id);
    void leave(std::uint32_t n); ///< one entry less
    /// Of each hash the number of the first name that has it.
    void foresee(std::span<const std::uint64_t> hashes, std::span<std::uint32_t> numbers) const;
    std::size_t memory() const;
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
