#pragma once
// Asking all shards of the analytics and merging what they answer.

#include "gateway/analytics_answer.hpp"
#include "gateway/backend.hpp"
#include "messages/analytics.hpp"

namespace riq::gateway {

/// Reads `?from=&to=&granularity=&category=…` of one of the analytics; a wrong value is an error
/// that lists what is allowed.
result<analytics_request> read_analytics(const backend& with, const request& r,
                                         const analytic_description& what);

/// Asks every shard, waits at most the deadline, and calls `done` once with the merged shares;
/// `ec::timed_out` when not one came. On an io thread.
void ask_shards(backend& with, const ask_analytics& question,
                unique_function<void(result<analytics_slice>, analytics_frame)> done);

} // namespace riq::gateway
