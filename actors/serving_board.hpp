#pragma once
// Counts the lists that the users of one shard show. Being shown a list must cost nothing, so it is
// neither an event nor a message: users add to these numbers, and the shard takes them with its
// tick into its aggregate. What is not taken by the end of the process is lost.
//
// Threading: `list` and `items` on any thread without a lock; `take` by the shard.

#include <array>
#include <atomic>
#include <cstdint>

#include "engine/analytics/hyperloglog.hpp"
#include "engine/analytics/shown.hpp"

namespace riq {

class serving_board {
 public:
  /// A list was shown, perhaps again.
  void list(const engine::analytics::shown_summary& s);
  /// These items are in a list that is new.
  void items(const unique_count& distinct);

  /// What was added since the last time.
  engine::analytics::shown_summary take();

 private:
  std::atomic<std::int64_t> lists_{0};
  std::atomic<std::int64_t> items_{0};
  std::array<std::atomic<std::int64_t>, source_kinds> by_source_{};
  std::array<std::atomic<std::int64_t>, reason_kinds> by_reason_{};
  std::atomic<bool> new_items_{false};
  std::array<std::atomic<std::uint8_t>, engine::analytics::hll_registers> registers_{};
};

} // namespace riq
