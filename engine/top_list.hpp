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

  /// The item's key became `key`; `before` was its last one here (`never_met` at first). `place` is
  /// where it stood the last time, which spares a search; a wrong one costs time only.
  void raise(item_ref item, std::uint64_t hash, double before, double key, std::size_t capacity,
             std::uint16_t& place) {
    const entry now{key, hash, item};
    // Most items of a large group stand in no list: one look at the last place settles them.
    if (entries_.size() >= capacity && better(entries_.back(), now)) return;
    auto old = better_ones({before, hash, {}}, entries_.size(), place);
    if (old == entries_.size() || !(entries_[old].item == item)) { // it stood nowhere
      if (entries_.size() >= capacity) entries_.pop_back();
      old = entries_.size();
      entries_.emplace_back();
    }
    const auto to = better_ones(now, old, old);
    std::move_backward(at(to), at(old), at(old + 1));
    entries_[to] = now;
    place = static_cast<std::uint16_t>(to);
  }

  void remove(item_ref item, std::uint64_t hash, double key) {
    const auto old = better_ones({key, hash, {}}, entries_.size(), entries_.size() / 2);
    if (old < entries_.size() && entries_[old].item == item) entries_.erase(at(old));
  }

  /// Hints that `raise` comes soon.
  void foresee(std::uint16_t place) const {
    if (entries_.empty()) return;
    prefetch(entries_[std::min<std::size_t>(place, entries_.size() - 1)]);
    prefetch(entries_.back());
  }

  /// Hints that the first `count` entries are read soon: the first of them, as reading goes on in
  /// their order.
  void foresee_first(std::size_t count) const {
    constexpr std::size_t enough = 10;
    prefetch(entries_.data(), std::min({count, entries_.size(), enough}) * sizeof(entry));
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
  std::vector<entry>::iterator at(std::size_t place) {
    return entries_.begin() + static_cast<std::ptrdiff_t>(place);
  }
  /// How many of the first `n` are better. The search gallops from `guess`: a touch lifts an item
  /// by a few places, and those that passed it meanwhile pushed it down by a few.
  std::size_t better_ones(const entry& than, std::size_t n, std::size_t guess) const {
    std::size_t from = 0; // all before it are better
    auto to = n;          // none from it on is
    if (guess < n && better(entries_[guess], than)) {
      from = guess + 1;
      for (std::size_t step = 1; from + step <= n; step *= 2) {
        const auto probe = from + step - 1;
        if (!better(entries_[probe], than)) {
          to = probe;
          break;
        }
        from = probe + 1;
      }
    } else {
      to = std::min(guess, n);
      for (std::size_t step = 1; step <= to; step *= 2) {
        const auto probe = to - step;
        if (better(entries_[probe], than)) {
          from = probe + 1;
          break;
        }
        to = probe;
      }
    }
    while (from < to) {
      const auto middle = from + (to - from) / 2;
      const auto more = better(entries_[middle], than);
      from = more ? middle + 1 : from;
      to = more ? to : middle;
    }
    return from;
  }

  std::vector<entry> entries_;
};

} // namespace riq::engine
