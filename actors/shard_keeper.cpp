#include "actors/shard_keeper.hpp"

#include <utility>

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "messages/msgpack.hpp"
#include "messages/topics.hpp"

namespace riq {
namespace {

// What other nodes wait for at most, beside the shard's own restoring, until they can ask.
constexpr auto ready_interval = std::chrono::milliseconds(50);
// A shard that cannot store in this time lets go all the same: the log has the rest.
constexpr auto store_within = std::chrono::seconds(15);

} // namespace

void keeper_state::start(keeper_config c) {
  config = std::move(c);
}

void keeper_state::gained(const shards_gained& g) {
  for (const auto p : g.partitions) {
    if (config.table->shard(p)) continue;
    config.table->put(p, config.spawn_shard(p));
    if (config.endpoint.empty()) continue;
    if (unready.empty()) self->delayed_send(self, ready_interval, atom::tick_v);
    unready.insert(p);
  }
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
  const auto failed = config.log->append(
    std::move(records), storage::durability::synced,
    [partition](const result<std::vector<std::int64_t>>& done) {
      if (!done) spdlog::warn("shard {} was not announced: {}", partition, done.error().detail);
    });
  if (failed) spdlog::warn("shard {} was not announced: {}", partition, failed.detail);
}

void keeper_state::lost(const shards_lost& l) {
  const auto together = std::make_shared<leaving>();
  together->released = l.released;
  for (const auto p : l.partitions) end(p, l.may_store, together);
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
    [self](atom::tick) { self->state.look_for_ready(); },
  };
}

} // namespace riq
