#pragma once
// From a request to the question that shards are asked, and from their merged shares to the rows
// that docs/analytics.md promises. Pure.

#include <vector>

#include "messages/analytics.hpp"

namespace riq::engine::analytics {

/// All analytics, in the order in which they are listed.
const std::vector<analytic_description>& descriptions();

/// Makes the range whole buckets. `step` is what was asked, 0: chosen by the length of the range;
/// it becomes coarser when the range is older than what is kept, or has more than `most_buckets`.
/// A range of more days than that loses its beginning.
void settle(analytics_request& r);
inline constexpr std::int64_t most_buckets = 5'000;

/// Who did something in so many milliseconds is active now.
inline constexpr std::int64_t active_now_ms = 300'000;

ask_analytics question_of(const analytics_request& r);

/// The few numbers that a live view shows, as totals.
ask_analytics pulse_question(std::int64_t now);
analytics_table pulse(std::int64_t now, const analytics_slice& slice);

/// `slice` are the merged answers to the question.
analytics_table tabulate(const analytics_request& r, analytics_slice& slice);

} // namespace riq::engine::analytics
