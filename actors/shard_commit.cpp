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

// Dirty users looked at in one tick; those that wait longest come first.
constexpr std::size_t looked_at_once = 10'000;
// After a failed commit the store gets this long before the next.
constexpr std::int64_t retry_after_ms = 1'000;

} // namespace

void shard_state::snapshot(user_snapshot& s) {
  auto* r = residents.find(s.user_id);
  if (!r) return;
  const auto now = steady_now();
  const auto first_dirty = residents.snapshot_taken(*r, s.applied_offset, now);
  const bool clean = first_dirty < 0;
  // A clean user that leaves has nothing to store; one that was woken renews its wake-up.
  if (!(clean && s.final)) {
    if (const auto w = woken.find(s.user_id); w != woken.end() && w->second != s.next_due)
      woken.erase(w);
    snapshots.put(s.user_id, {s.bytes, s.applied_offset, first_dirty, s.next_due, r->stored_due});
    r->stored_due = s.next_due;
  }
  if (!s.final) return;
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
}

void shard_state::ask_for_snapshots() {
  const auto now = steady_now();
  const auto wait = draining ? 0 : std::int64_t{config.engine->config->shards.snapshot_after_ms};
  std::size_t looked = 0;
  for (const auto& [offset, r] : residents.dirty()) {
    if (++looked > looked_at_once) break;
    if (r->snapshot_asked || r->state != resident::phase::live || now - r->dirty_since < wait)
      continue;
    r->snapshot_asked = true;
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
  if (batch.writes.empty() && batch.position == counts.committed_offset) return;
  committing_position = batch.position;
  const auto number = ++commit_number;
  counts.snapshots += batch.writes.size();
  const auto failed =
    config.store->commit(std::move(batch), [to = shard_actor{self}, number](error e) {
      caf::anon_send(to, commit_outcome{number, std::move(e)});
    });
  if (failed) committed({number, failed});
}

void shard_state::committed(const commit_outcome& outcome) {
  if (outcome.failure) {
    snapshots.failed();
    fail(failures.storing, outcome.failure);
    last_commit = steady_now() + retry_after_ms;
  } else {
    snapshots.succeeded();
    failures.storing.clear();
    counts.committed_offset = committing_position;
    config.log->commit("shards", {std::string{topics::processed_events}, config.partition},
                       committing_position);
    grant(0);
  }
  committing_position = -1;
}

void shard_state::tick() {
  const auto now = steady_now();
  waiters.release(now);
  load_missing();
  complete_batches();
  if (!draining) {
    if (!following && batches.empty() && now >= follow_again) follow();
    passivate_unused();
    look_for_due();
  }
  if (draining || now - last_commit >= config.engine->config->shards.commit_every_ms) {
    last_commit = now;
    ask_for_snapshots();
    commit();
  }
  if (draining && residents.dirty().empty() && snapshots.empty() && batches.empty() &&
      committing_position < 0)
    for (auto& promise : std::exchange(drained, {})) promise.deliver(status());
}

caf::result<shard_status> shard_state::drain() {
  draining = true;
  following.reset();
  return drained.emplace_back(self->make_response_promise<shard_status>());
}

} // namespace riq
