// What a shard does as time passes. A shard for which little waits looks seldom: a node has many,
// and each look wakes two threads.

#include <caf/send.hpp>

#include "actors/shard.hpp"

namespace riq {
namespace {

// Often enough for the deadline of a question that waits for a position.
constexpr std::int64_t tick_ms = 50;
// Often enough for what is to happen each second.
constexpr std::int64_t quiet_tick_ms = 250;

} // namespace

void shard_state::begin_ticks() {
  // Shards that start together tick apart, or all would write at the same moment.
  if (config.ticking) tick_in(tick_ms + config.partition * 4 % tick_ms);
}

void shard_state::tick_in(std::int64_t ms) {
  next_tick = steady_now() + ms;
  self->delayed_send(self, std::chrono::milliseconds(ms), atom::tick_v);
}

void shard_state::ticked() {
  if (!config.ticking) return tick();   // whoever sends them decides
  if (steady_now() < next_tick) return; // an earlier one came in its place
  tick();
  tick_in(is_quiet() ? quiet_tick_ms : tick_ms);
}

/// For whatever begins to wait for the next tick.
void shard_state::look_soon() {
  if (config.ticking && next_tick - steady_now() > tick_ms) tick_in(tick_ms);
}

/// Whether nothing waits for a tick but what is done each second.
bool shard_state::is_quiet() const {
  const auto* oldest = residents.oldest_dirty();
  const auto stores_soon =
    oldest && steady_now() - oldest->dirty_since + quiet_tick_ms >=
                std::int64_t{config.engine->config->shards.snapshot_after_ms};
  return counts.ready && following && !draining && !stores_soon && snapshots.empty() &&
         committing_position < 0 && batches.empty() && waiters.size() == 0 && to_load.empty() &&
         leases.empty() && residents.size() <= config.resident_users &&
         (!interests || (scan_complete && items_settled()));
}

void shard_state::tick() {
  const auto now = steady_now();
  waiters.release(now);
  load_missing();
  complete_batches();
  count_shown();
  if (!analytics_ready) load_analytics();
  load_budgets();
  tick_leases();
  if (!draining) {
    if (analytics_ready && budgets_ready && !following && batches.empty() && now >= follow_again)
      follow();
    passivate_unused();
    grant(0);
    look_for_due();
    scan_on();
    ask_the_interested();
  }
  ask_for_snapshots();
  commit_when_due();
  drain_on();
}

} // namespace riq
