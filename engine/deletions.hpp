#pragma once
// When items were deleted. Updates of before may be read after the deletion, at the latest when a
// node starts and reads the log again: they must not bring the item back.

#include <cstdint>
#include <deque>
#include <limits>
#include <unordered_map>

namespace riq::engine {

/// By the hash of the item's id, bounded: beyond it the oldest deletion is forgotten.
class deletions {
 public:
  explicit deletions(std::size_t most) : most_(most) {}

  void add(std::uint64_t item, std::int64_t time) {
    const auto [at, is_new] = times_.try_emplace(item, time);
    if (!is_new) {
      if (at->second < time) at->second = time;
      return;
    }
    order_.push_back(item);
    if (order_.size() <= most_) return;
    times_.erase(order_.front());
    order_.pop_front();
  }

  /// Epoch milliseconds; the least number for what was not deleted.
  std::int64_t of(std::uint64_t item) const {
    if (times_.empty()) return std::numeric_limits<std::int64_t>::min();
    const auto found = times_.find(item);
    return found == times_.end() ? std::numeric_limits<std::int64_t>::min() : found->second;
  }

  /// Estimate, bytes.
  std::size_t memory() const { return times_.size() * 56; }

 private:
  std::size_t most_;
  std::unordered_map<std::uint64_t, std::int64_t> times_;
  std::deque<std::uint64_t> order_;
};

} // namespace riq::engine
