#pragma once
// The best few items of a group by a key that only grows.

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

#include "engine/item_ref.hpp"
#include "engine/prefetch.hpp"

namespace riq::engine {

/// Key of an item that nobody has met yet; it sorts behind every other.
inline constexpr double never_met = -std::numeric_limits<double>::max();

/// Sorted, best first, at most `capacity` items. As keys only grow when their item is touched (see
/// decay.hpp), it holds exactly the best ones whatever the order of arrival; equal keys are ordered
/// by the hash of the item's id.
class top_list {
 public:
  struct entry {
    double key;
    std::uint64_t hash;
    item_ref item;
  };

  /// The item's key became `key`; `before` was its last one here (`never_met` at first).
  void raise(item_ref item, std::uint64_t hash, double before, double key, std::size_t capacity) {
    const entry now{key, hash, item};
    // Most items of a large group stand in no list: one look at the last place settles them.
    if (entries_.size() >= capacity && better(entries_.back(), now)) return;
    const auto old = position(before, hash);
    if (old != entries_.end() && old->item == item) {
      auto to = old; // a touch lifts an item by a few places
      while (to != entries_.begin() && better(now, *std::prev(to))) --to;
      std::move_backward(to, old, old + 1);
      *to = now;
      return;
    }
    if (entries_.size() >= capacity) entries_.pop_back();
    entries_.insert(first_not_better(now), now);
  }

  void remove(item_ref item, std::uint64_t hash, double key) {
    const auto at = position(key, hash);
    if (at != entries_.end() && at->item == item) entries_.erase(at);
  }

  /// Hints that `raise` comes soon: the places that its search looks at first.
  void foresee() const {
    const auto n = entries_.size();
    if (n == 0) return;
    const auto* const first = entries_.data();
    for (const auto at : {n / 4, n / 2, n - n / 4 - 1, n - 1}) prefetch(first + at, 1);
  }

  const std::vector<entry>& entries() const { return entries_; }
  /// Of the first entry, `never_met` when there is none.
  double best_key() const { return entries_.empty() ? never_met : entries_.front().key; }
  bool empty() const { return entries_.empty(); }
  std::size_t memory() const { return entries_.capacity() * sizeof(entry); }

 private:
  // Without branches, as a search through keys can predict none of them.
  static bool better(const entry& a, const entry& b) {
    return (a.key > b.key) | ((a.key == b.key) & (a.hash < b.hash));
  }
  /// The first entry that is not better.
  std::vector<entry>::iterator first_not_better(const entry& than) {
    auto at = entries_.begin();
    auto n = entries_.size();
    while (n > 0) {
      const auto half = (n + 1) / 2;
      at += better(at[static_cast<std::ptrdiff_t>(half) - 1], than)
              ? static_cast<std::ptrdiff_t>(half)
              : 0;
      n -= half;
    }
    return at;
  }
  std::vector<entry>::iterator position(double key, std::uint64_t hash) {
    return first_not_better({key, hash, {}});
  }

  std::vector<entry> entries_;
};

} // namespace riq::engine
