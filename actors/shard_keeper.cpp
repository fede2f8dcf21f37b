#include "actors/shard_keeper.hpp"

#include <algorithm>
#include <utility>

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "messages/caf_error.hpp"
#include "messages/msgpack.hpp"
#include "messages/topics.hpp"

namespace riq {
namespace {

// What other nodes wait for at most, beside the shard's own restoring, until they can ask.
constexpr auto ready_interval = std::chrono::milliseconds(50);
// An announcement that the log did not take is tried again after that.
constexpr auto announce_again = std::chrono::seconds(1);
// A shard that cannot store in this time lets go all the same: the log has the rest.
constexpr auto store_within = std::chrono::seconds(15);
// A shard that failed gets this long before it starts again, twice as long with each failure …
constexpr std::chrono::milliseconds least_pause{1'000};
constexpr std::chrono::milliseconds most_pause{30'000};
// … until it was well for so long.
constexpr auto well_after = std::chrono::minutes(10);

} // namespace

void keeper_state::start(keeper_config c) {
  config = std::move(c);
  self->set_down_handler([this](const caf::down_msg& d) { ended(d); });
}

void keeper_state::gained(const shards_gained& g) {
  for (const auto p : g.partitions)
    if (held.insert(p).second) begin(p);
}

void keeper_state::begin(std::int32_t partition) {
  const auto shard = config.spawn_shard(partition);
  self->monitor(shard);
  config.table->put(partition, shard);
  if (config.endpoint.empty()) return;
  if (unready.empty()) self->delayed_send(self, ready_interval, atom::tick_v);
  unready.insert(partition);
}

void keeper_state::begin_again(std::int32_t partition) {
  if (held.contains(partition) && !config.table->shard(partition)) begin(partition);
}

/// One that was told to end is not in the table any more.
void keeper_state::ended(const caf::down_msg& d) {
  const auto found = std::ranges::find_if(held, [&](std::int32_t p) {
    const auto shard = config.table->shard(p);
    return shard && shard.address() == d.source;
  });
  if (found == held.end()) return;
  const auto p = *found;
  config.table->remove_shard(p);
  if (unready.erase(p) == 0) announce(p, false);
  auto& f = failures[p];
  const auto now = self->clock().now();
  if (now - f.last > well_after) f.pause = {};
  f.last = now;
  f.pause = std::clamp(2 * f.pause, least_pause, most_pause);
  spdlog::error("shard {} ended: {}; it starts again in {} ms, on what is stored", p,
                from_caf(d.reason).detail, f.pause.count());
  self->delayed_send(self, f.pause, atom::follow_v, p);
}

void keeper_state::look_for_ready() {
  for (const auto p : unready)
    if (const auto shard = config.table->shard(p))
      self->request(shard, ready_interval * 20, atom::status_v)
        .then(
          [this, p](const shard_status& s) {
            if (s.ready && unready.erase(p) > 0) announce(p, true);
          },
          [](const caf::error&) {});
  if (!unready.empty()) self->delayed_send(self, ready_interval, atom::tick_v);
}

void keeper_state::announce(std::int32_t partition, bool ready) {
  if (config.endpoint.empty()) return;
  storage::outgoing_record record;
  record.topic = topics::shard_owners;
  record.partition = 0;
  record.key = std::to_string(partition);
  record.value = to_msgpack(shard_owner{partition, config.endpoint, ready});
  std::vector<storage::outgoing_record> records;
  records.push_back(std::move(record));
  const auto tag = static_cast<std::uint64_t>(partition);
  const auto failed = config.log->append(
    std::move(records), storage::durability::synced,
    [to = keeper_actor{self}, tag](const result<std::vector<std::int64_t>>& done) {
      if (!done) caf::anon_send(to, append_outcome{tag, done.error(), {}});
    });
  if (failed) not_announced({tag, failed, {}});
}

/// That a shard is given up is not said again: its next owner speaks.
void keeper_state::not_announced(const append_outcome& outcome) {
  const auto partition = static_cast<std::int32_t>(outcome.tag);
  spdlog::warn("shard {} was not announced: {}", partition, outcome.failure.detail);
  if (config.table->shard(partition))
    self->delayed_send(self, announce_again, shard_owner{partition, {}, false});
}

void keeper_state::given_up(const shard_owner& other) {
  const auto p = other.partition;
  if (config.table->shard(p) && !unready.contains(p)) announce(p, true);
}

void keeper_state::lost(const shards_lost& l) {
  const auto together = std::make_shared<leaving>();
  together->released = l.released;
  for (const auto p : l.partitions) {
    held.erase(p);
    end(p, l.may_store, together);
  }
}

void keeper_state::end(std::int32_t partition, bool may_store,
                       const std::shared_ptr<leaving>& with) {
  const auto shard = config.table->remove_shard(partition);
  if (unready.erase(partition) == 0 && shard) announce(partition, false);
  if (!shard) return;
  if (!may_store) return stop(shard, with);
  self->request(shard, store_within, atom::drain_v)
    .then([shard, with](const shard_status&) { stop(shard, with); },
          [shard, with, partition](const caf::error&) {
            spdlog::warn("shard {} could not store everything in time; its next owner replays the "
                         "rest",
                         partition);
            stop(shard, with);
          });
}

void keeper_state::stop(const shard_actor& shard, std::shared_ptr<leaving> with) {
  shard->attach_functor([with = std::move(with)] {});
  caf::anon_send_exit(shard, caf::exit_reason::user_shutdown);
}

keeper_actor::behavior_type shard_keeper(keeper_actor::stateful_pointer<keeper_state> self,
                                         keeper_config config) {
  self->state.start(std::move(config));
  return {
    [self](const shards_gained& g) { self->state.gained(g); },
    [self](const shards_lost& l) { self->state.lost(l); },
    [self](const append_outcome& outcome) { self->state.not_announced(outcome); },
    [self](const shard_owner& other) { self->state.given_up(other); },
    [self](atom::tick) { self->state.look_for_ready(); },
    [self](atom::follow, std::int32_t partition) { self->state.begin_again(partition); },
  };
}

} // namespace riq
