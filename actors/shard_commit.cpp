// How a shard makes its users' states durable: smoothly, oldest first, each with its position.

#include <algorithm>
#include <utility>

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "actors/shard.hpp"
#include "messages/caf_error.hpp"
#include "messages/msgpack.hpp"
#include "messages/topics.hpp"

namespace riq {
namespace {

// Snapshots asked for in one tick of a shard that is to end.
constexpr std::size_t most_at_once = 10'000;
// Snapshots that a tick may always ask for: a quiet shard need not spread them.
constexpr std::size_t least_quota = 8;
// So many snapshots are committed before their time, which keeps memory and commits small.
constexpr std::size_t commit_early = 1'000;
// After a failed commit the store gets this long before the next.
constexpr std::int64_t retry_after_ms = 1'000;

} // namespace

void shard_state::snapshot(user_snapshot& s) {
  auto* r = residents.find(s.user_id);
  if (!r) return;
  const auto now = steady_now();
  const auto first_dirty = residents.snapshot_taken(*r, s.applied_offset, now);
  const bool clean = first_dirty < 0;
  // A clean user that leaves has nothing to store; one that was woken renews its wake-up. So does
  // one whose fact was void, as it crossed an event that did not change when it is due.
  if (!(clean && s.final)) {
    if (const auto w = woken.find(s.user_id);
        w != woken.end() && (w->second.due != s.next_due ||
                             (w->second.fact >= 0 && w->second.fact <= s.applied_offset)))
      woken.erase(w);
    snapshots.put(s.user_id, {s.bytes, s.applied_offset, first_dirty, s.next_due, r->stored_due});
    r->stored_due = s.next_due;
  }
  if (!s.final) return drain_on();
  user_state data;
  data.user_id = s.user_id;
  if (!s.bytes.empty())
    if (auto kept = from_msgpack<user_state>(s.bytes)) data = std::move(*kept);
  answer_look(s.user_id, data);
  if (r->pending.empty()) {
    residents.remove(*r);
  } else {
    go_live(*r, std::move(data), r->stored_due);
  }
  drain_on();
}

/// Users who became dirty together come due together. Writing them at once would hold up every
/// event behind them, so a tick takes its share: all dirty users within about `snapshot_after_ms`,
/// and the faster the longer the oldest is overdue (a burst is stored after three times that).
std::size_t shard_state::snapshot_quota(std::int64_t now) {
  const auto elapsed = std::clamp<std::int64_t>(now - last_quota, 0, 1'000);
  last_quota = now;
  const auto* oldest = residents.oldest_dirty();
  if (!oldest) return 0;
  const auto wait = static_cast<double>(config.engine->config->shards.snapshot_after_ms);
  const auto overdue = std::max(1.0, static_cast<double>(now - oldest->dirty_since) / wait);
  const auto share =
    static_cast<double>(residents.dirty().size()) * static_cast<double>(elapsed) / wait * overdue;
  return std::max(least_quota, static_cast<std::size_t>(share));
}

void shard_state::ask_for_snapshots() {
  const auto now = steady_now();
  const auto wait = draining ? 0 : std::int64_t{config.engine->config->shards.snapshot_after_ms};
  auto left = draining ? most_at_once : snapshot_quota(now);
  // Those that wait longest come first; a few among them have been asked or are not due yet.
  auto looks = 4 * left + 64;
  for (const auto& [offset, r] : residents.dirty()) {
    if (left == 0 || looks-- == 0) break;
    if (r->snapshot_asked || r->state != resident::phase::live || now - r->dirty_since < wait)
      continue;
    r->snapshot_asked = true;
    --left;
    self->send(r->actor, atom::snapshot_v);
  }
}

void shard_state::commit() {
  if (committing_position >= 0) return;
  storage::state_commit batch;
  batch.shard = config.partition;
  batch.writes = snapshots.begin(passed_on);
  batch.position = passed_on;
  if (const auto* r = residents.oldest_dirty())
    batch.position = std::min(batch.position, r->first_dirty);
  if (const auto waiting = snapshots.oldest_waiting(); waiting >= 0)
    batch.position = std::min(batch.position, waiting);
  // A position never goes back, also when the oldest event is only known as "after its snapshot".
  batch.position = std::max(batch.position, counts.committed_offset);
  add_items_write(batch);
  add_budgets_write(batch);
  if (batch.writes.empty() && batch.position == counts.committed_offset && !analytics_due()) return;
  committing_position = batch.position;
  committing_since = self->clock().now();
  const auto number = ++commit_number;
  counts.snapshots += batch.writes.size();
  add_analytics(batch);
  const auto failed =
    config.store->commit(std::move(batch), [to = shard_actor{self}, number](error e) {
      caf::anon_send(to, commit_outcome{number, std::move(e)});
    });
  if (failed) committed({number, failed});
}

void shard_state::committed(const commit_outcome& outcome) {
  if (outcome.failure) {
    snapshots.failed();
    analytics.not_stored();
    budgets_changed = budgets_changed || budgets_storing;
    fail(failures.storing, outcome.failure);
    last_commit = steady_now() + retry_after_ms;
  } else {
    snapshots.succeeded();
    analytics.stored();
    if (!items_storing.empty()) items_stored = items_storing;
    failures.storing.clear();
    counts.committed_offset = committing_position;
    budgets.forget_before(committing_position);
    counts.commits.add(ms_since(committing_since));
    // Without it the embedded log's retention might take what a restart reads again. On Kafka the
    // store's commit has told the brokers already, and no group of this name is kept.
    config.log->commit("shards", {std::string{topics::processed_events}, config.partition},
                       committing_position);
    grant(0);
  }
  items_storing.clear();
  budgets_storing = false;
  committing_position = -1;
  drain_on();
}

void shard_state::commit_when_due() {
  const auto now = steady_now();
  const auto since = now - last_commit; // negative while the store gets a rest
  const bool due = since >= config.engine->config->shards.commit_every_ms ||
                   (since >= 0 && snapshots.size() >= commit_early);
  if (!draining && !due) return;
  last_commit = now;
  commit();
}

caf::result<shard_status> shard_state::drain() {
  draining = true;
  following.reset();
  look_soon();
  auto promise = self->make_response_promise<shard_status>();
  drained.push_back(promise);
  ask_for_snapshots();
  drain_on();
  return promise;
}

/// Whoever takes the shard over waits for this one, so it does not wait for ticks.
void shard_state::drain_on() {
  if (!draining || !residents.dirty().empty()) return;
  if (steady_now() >= last_commit) commit_when_due(); // else the store gets a rest
  if (snapshots.empty() && batches.empty() && !analytics.changed() && !budgets_changed &&
      committing_position < 0)
    for (auto& waiting : std::exchange(drained, {})) waiting.deliver(status());
}

} // namespace riq
