#pragma once
// Counts that fade, in a form that does not depend on the order of arrival.

#include <cmath>
#include <cstdint>

namespace riq::engine {

inline constexpr double hour_ms = 3'600'000.0;
inline constexpr double day_ms = 24 * hour_ms;

/// Half-lives of the model's counters. The slow one remembers a season's taste for a month or two,
/// the fast one what the shop is busy with today.
inline constexpr double slow_half_life_ms = 14 * day_ms;
inline constexpr double fast_half_life_ms = 6 * hour_ms;

inline double halved(std::int64_t age_ms, double half_life_ms) {
  return age_ms <= 0 ? 1.0 : std::exp2(-static_cast<double>(age_ms) / half_life_ms);
}

/// Forward decay (Cormode, Shkapenyuk, Srivastava, Xu: Forward Decay: A Practical Time Decay Model
/// for Streaming Systems, ICDE 2009): an event at time t weighs 2^((t-L)/h) for a landmark L in the
/// past, and every reading divides by 2^((now-L)/h). The sum is the same in whatever order events
/// come, and two items compare the same at every time, so sorted lists only change when an item is
/// touched. `key` is the base-2 logarithm of the sum, which cannot overflow. It is rounded to 1/32,
/// two hundredths of the count: sums added up in another order give the same key, and a busy item
/// changes its place only now and then instead of with each contact.
inline double decay_key(double value, std::int64_t at, double half_life_ms) {
  return std::nearbyint((std::log2(value) + static_cast<double>(at) / half_life_ms) * 32) / 32;
}

/// Above this count a contact seldom changes the key.
inline constexpr float busy_count = 46;

/// The count at `now` that a key stands for, as a base-2 logarithm.
inline double decayed_log2(double key, std::int64_t now, double half_life_ms) {
  return key - static_cast<double>(now) / half_life_ms;
}

} // namespace riq::engine
