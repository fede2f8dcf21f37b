#include "actors/directory.hpp"

#include <algorithm>
#include <utility>

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "actors/deliveries.hpp"
#include "messages/msgpack.hpp"
#include "messages/topics.hpp"

namespace riq {
namespace {

constexpr auto directory_tick = std::chrono::seconds(1);
constexpr std::size_t directory_credit = 1'024;
// Longer than a node that restarts is without shards.
constexpr int keep_unneeded_ticks = 60;

} // namespace

directory_state::~directory_state() {
  for (const auto& [endpoint, p] : peers)
    caf::anon_send_exit(p.questions, caf::exit_reason::user_shutdown);
}

void directory_state::start(directory_config c) {
  config = std::move(c);
  next = config.log->range({std::string{topics::shard_owners}, 0}).begin;
  follow();
  self->delayed_send(self, directory_tick, atom::tick_v);
}

void directory_state::follow() {
  following = config.log->subscribe({std::string{topics::shard_owners}, 0}, next,
                                    deliver_to(directory_actor{self}));
  following->grant(directory_credit);
}

void directory_state::delivered(const log_delivery& d) {
  if (!*d.batch) {
    spdlog::error("directory: {}", d.batch->error().detail);
    following.reset();
    return;
  }
  for (const auto& record : (**d.batch).records) {
    if (const auto owner = from_msgpack<shard_owner>(record.value))
      learn(*owner);
    else
      spdlog::error("directory: offset {} of shard-owners is no owner; skipped", record.offset);
  }
  next = (**d.batch).next;
  if (following) following->grant((**d.batch).records.size());
}

void directory_state::learn(const shard_owner& owner) {
  if (!owner.ready && owner.endpoint != config.endpoint && config.given_up) config.given_up(owner);
  auto& known = owners[owner.partition];
  // A node that was left behind gives up what is another's already.
  if (!owner.ready && known != owner.endpoint) return;
  known = owner.ready ? owner.endpoint : std::string{};
  // Of its own shards the node knows without being told.
  if (known.empty() || known == config.endpoint)
    return config.table->set_owner(owner.partition, {}, {});
  auto& there = peers[known].questions;
  if (!there) there = config.reach(known);
  config.table->set_owner(owner.partition, known, there);
}

/// Each costs a thread and connects again and again.
void directory_state::end_unneeded_peers() {
  for (auto& [endpoint, p] : peers) {
    const auto needed =
      std::ranges::any_of(owners, [&](const auto& o) { return o.second == endpoint; });
    p.unneeded_ticks = needed ? 0 : p.unneeded_ticks + 1;
    if (p.unneeded_ticks == keep_unneeded_ticks)
      caf::anon_send_exit(p.questions, caf::exit_reason::user_shutdown);
  }
  std::erase_if(peers,
                [](const auto& p) { return p.second.unneeded_ticks >= keep_unneeded_ticks; });
}

void directory_state::tick() {
  if (!following) follow();
  end_unneeded_peers();
  self->delayed_send(self, directory_tick, atom::tick_v);
}

directory_actor::behavior_type directory(directory_actor::stateful_pointer<directory_state> self,
                                         directory_config config) {
  self->state.start(std::move(config));
  return {
    [self](const log_delivery& d) { self->state.delivered(d); },
    [self](atom::tick) { self->state.tick(); },
  };
}

} // namespace riq
