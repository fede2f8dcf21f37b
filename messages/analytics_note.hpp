#pragma once
// What one applied event changes in the numbers about the shop. Made while the event is applied,
// from the state of its user; folded by the shard, in the order of the log, into its aggregate.
// Only within a process.

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "messages/analytics_counts.hpp"

namespace riq {

/// The kinds of a session in the order in which they first happened: four bits each, kind + 1, the
/// first in the lowest.
struct session_path {
  std::uint64_t code = 0; ///< 0: no session
  std::array<std::int32_t, funnel_kinds> after_ms{};
  bool operator==(const session_path&) const = default;
};

/// A cart that moved on.
struct cart_step {
  std::int64_t began = 0;
  cart_status from = cart_status::none;
  cart_status to = cart_status::none;
};

/// An item of a list that the user then met.
struct shown_outcome {
  std::uint8_t sources = 0;
  reason_kind reason = reason_kind::other;
  bool converted = false; ///< else clicked
};

struct analytics_note {
  bool counts = false; ///< false: a duplicate, nothing else is set
  event_kind kind = event_kind::view;
  std::uint64_t user = 0;    ///< hash
  std::uint64_t session = 0; ///< hash, 0: the event is in none

  bool path_changed = false;
  std::int64_t session_began = 0;
  session_path path_before;
  session_path path_after;

  std::uint8_t cart_steps = 0;
  std::array<cart_step, 3> carts;
  micros open_value = 0;         ///< what open carts hold more now
  std::int8_t abandonments = 0;  ///< 1: one was found, -1: one is taken back …
  std::int64_t abandoned_at = 0; ///< … which counts at this time

  bool completed = false; ///< the order's first completion
  bool cancelled = false; ///< a completed order's first cancellation
  micros cancelled_total = 0;

  bool new_user = false;
  bool first_in_week = false;
  std::int32_t cohort = 0; ///< week of the user's first event, 0: not counted
  std::int32_t later = 0;  ///< weeks from there to this event

  // The cell of (day, segment) that the user leaves and enters; -1: none.
  std::int32_t segment_before = -1;
  std::int32_t segment_after = -1;
  std::int32_t day_before = 0;
  std::int32_t day_after = 0;

  bool served = false;   ///< a decision that was not known
  bool rewarded = false; ///< a decision's first reward
  micros reward = 0;
  std::string campaign; ///< of the rewarded decision
  std::string arm;

  std::vector<shown_outcome> shown;
};

} // namespace riq
