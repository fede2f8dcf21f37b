#pragma once
// Counts by UTC day over a sliding window. What is in the window does not depend on the order in
// which events arrive.

#include <algorithm>
#include <cstdint>
#include <vector>

#include "engine/bounded.hpp"
#include "engine/user_state.hpp"

namespace riq::engine {

inline constexpr std::int64_t ms_per_day = 86'400'000;
/// Days kept: one more than is asked for, so that a reader whose clock is a day behind still sees a
/// whole window.
inline constexpr std::int32_t view_days = 8;
inline constexpr std::int32_t purchase_days = 31;

inline std::int32_t day_of(std::int64_t time) {
  const auto day = time / ms_per_day;
  return static_cast<std::int32_t>(time % ms_per_day < 0 ? day - 1 : day);
}

/// Adds to the day's count; days ascend in `days`, those that left the window are dropped.
inline void add_to_day(std::vector<day_count>& days, std::int32_t day, double amount,
                       std::int32_t window) {
  const auto newest = days.empty() ? day : std::max(day, days.back().day);
  if (day <= newest - window) return;
  auto at = std::lower_bound(days.begin(), days.end(), day,
                             [](const day_count& d, std::int32_t x) { return d.day < x; });
  if (at == days.end() || at->day != day) {
    const auto index = at - days.begin();
    grow_tightly(days);
    at = days.insert(days.begin() + index, day_count{day, 0, 0});
  }
  ++at->count;
  at->amount += amount;
  std::erase_if(days, [&](const day_count& d) { return d.day <= newest - window; });
}

/// Takes one count back out of its day, if the day is still kept.
inline void take_from_day(std::vector<day_count>& days, std::int32_t day, double amount) {
  for (auto& d : days) {
    if (d.day != day || d.count == 0) continue;
    --d.count;
    d.amount = d.count == 0 ? 0 : d.amount - amount;
  }
}

/// The sum over the last `window` days, today included.
inline day_count sum_of_days(const std::vector<day_count>& days, std::int64_t now,
                             std::int32_t window) {
  day_count sum{day_of(now), 0, 0};
  for (const auto& d : days) {
    if (d.day <= sum.day - window) continue;
    sum.count += d.count;
    sum.amount += d.amount;
  }
  return sum;
}

} // namespace riq::engine
