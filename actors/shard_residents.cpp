// How users come into memory and leave it.

#include <algorithm>
#include <utility>
#include <vector>

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "actors/shard.hpp"
#include "actors/trigger_view.hpp"
#include "engine/apply.hpp"
#include "messages/caf_error.hpp"
#include "messages/msgpack.hpp"

namespace riq {
namespace {

// A look at the index of due times costs a read of the store; timers are in minutes.
constexpr std::int64_t due_look_interval_ms = 1'000;
// Wake-ups of one look: a million timers of one minute are spread over looks, within memory.
constexpr std::size_t due_at_once = 500;
// Users told to leave in one tick, or half of those that are too many: ticks are late under load.
constexpr std::size_t passivations_at_once = 2'000;

} // namespace

shard_state::~shard_state() {
  std::vector<user_actor> users;
  users.reserve(residents.size());
  residents.for_each([&](resident& r) {
    if (r.actor) users.push_back(std::exchange(r.actor, {}));
  });
  if (config.parting)
    config.parting->take(std::move(users));
  else
    end_users(users);
}

resident& shard_state::need(const hashed_text& user) {
  if (auto* r = residents.find(user)) return *r;
  auto& r = residents.add(user, steady_now());
  look_soon();
  // A state on its way to the store is newer than what the store has.
  if (const auto* s = snapshots.find(r.user_id)) {
    user_state data;
    data.user_id = r.user_id;
    if (!s->bytes.empty())
      if (auto kept = from_msgpack<user_state>(s->bytes)) data = std::move(*kept);
    go_live(r, std::move(data), s->due);
  } else {
    to_load.push_back(r.user_id);
  }
  return r;
}

void shard_state::load_missing() {
  if (to_load.empty()) return;
  auto users_wanted = std::exchange(to_load, {});
  const auto failed = config.store->load(
    config.partition, users_wanted, [to = shard_actor{self}, users_wanted](auto found) {
      caf::anon_send(
        to, users_loaded{users_wanted, false, std::make_shared<decltype(found)>(std::move(found))});
    });
  // A full queue of reads: tried again with the next tick.
  if (failed) to_load.insert(to_load.end(), users_wanted.begin(), users_wanted.end());
}

void shard_state::loaded(const users_loaded& l) {
  if (budgets_loaded(l)) return;
  if (!*l.states) {
    fail(failures.loading, l.states->error());
    for (const auto& user : l.users) {
      if (l.only_look)
        refuse_look(user, l.states->error());
      else
        to_load.push_back(user); // again with the next tick
    }
    return;
  }
  failures.loading.clear();
  for (std::size_t i = 0; i < l.users.size(); ++i) {
    const auto& bytes = (**l.states)[i];
    user_state data;
    data.user_id = l.users[i];
    error damage;
    if (bytes) {
      if (auto kept = from_msgpack<user_state>(*bytes))
        data = std::move(*kept);
      else
        damage = {ec::corrupt, "", "the snapshot of user " + l.users[i] + " is damaged"};
    }
    if (l.only_look) {
      if (damage)
        refuse_look(l.users[i], damage);
      else
        answer_look(l.users[i], data);
      continue;
    }
    auto* r = residents.find(l.users[i]);
    if (!r || r->state != resident::phase::loading) continue;
    if (damage) {
      give_up(*r, damage);
    } else {
      const auto due = next_due_of(data, *config.engine);
      go_live(*r, std::move(data), due);
    }
  }
}

void shard_state::go_live(resident& r, user_state&& data, std::int64_t stored_due) {
  r.stored_due = stored_due;
  residents.resized(r, engine::memory_of(data));
  // Hidden: a node that stops does not wait for its users to end.
  r.actor = self->spawn<user_host, caf::hidden>(users, std::move(data));
  r.state = resident::phase::live;
  for (auto& act : std::exchange(r.pending, {})) act(r);
}

/// Going on with an empty state would overwrite what may still be repaired: the user's questions
/// are refused, and its first event stops the shard.
void shard_state::give_up(resident& r, const error& why) {
  fail(failures.damage, why);
  r.damage.own() = why;
  for (auto& act : std::exchange(r.pending, {})) act(r);
}

/// The events it had not applied are gone with it: only who begins with what is stored has them.
void shard_state::failed(const user_failed& f) {
  self->quit(to_caf({ec::internal, "", "the actor of user " + f.user_id + " failed: " + f.why}));
}

void shard_state::passivate(resident& r) {
  r.state = resident::phase::leaving;
  self->send(r.actor, atom::passivate_v);
  ++counts.passivations;
}

void shard_state::passivate_unused() {
  const auto idle_since =
    steady_now() - std::int64_t{config.engine->config->shards.passivate_after_sec} * 1'000;
  std::size_t leaving = 0;
  auto over =
    residents.size() > config.resident_users ? residents.size() - config.resident_users : 0;
  const auto most = std::max(passivations_at_once, over / 2);
  for (auto* r = residents.oldest(); r && leaving < most; r = r->newer) {
    if (over == 0 && r->used > idle_since) break;
    if (r->state == resident::phase::loading) continue; // will not leave
    if (over > 0) --over;
    if (r->state != resident::phase::live) continue;
    passivate(*r);
    ++leaving;
  }
}

void shard_state::look_for_due() {
  const auto now = steady_now();
  // Until the shard is ready, what a timer found may still come back through the log.
  if (!counts.ready || looking_for_due || now - last_due_look < due_look_interval_ms) return;
  last_due_look = now;
  looking_for_due = true;
  const auto failed = config.store->due(
    config.partition, due_cursor, clock->now(), due_at_once, [to = shard_actor{self}](auto found) {
      caf::anon_send(to, users_due{std::make_shared<decltype(found)>(std::move(found))});
    });
  if (failed) looking_for_due = false;
}

void shard_state::due(const users_due& d) {
  looking_for_due = false;
  if (!*d.due)
    spdlog::warn("shard {}: looking for due timers: {}", config.partition, d.due->error().detail);
  if (!*d.due || draining) return;
  // A full page goes on behind its last entry; then it starts over with what came due meanwhile.
  due_cursor = (**d.due).size() < due_at_once ? due_entry{} : (**d.due).back();
  for (const auto& entry : **d.due) {
    // The index will follow: a snapshot with another wake-up is on its way to the store …
    if (const auto* s = snapshots.find(entry.key); s && s->due != entry.due) continue;
    // … or the fact is in the log.
    const auto [seen, is_new] = woken.try_emplace(entry.key);
    if (!is_new && seen->second.due == entry.due) continue;
    seen->second = {entry.due};
    ++counts.wakeups;
    const auto act = [this, due = entry.due](resident& live) {
      if (*live.damage) return;
      // Not before it was due, whatever became of the clock since the look.
      self->send(live.actor, atom::wake_v, std::max(clock->now(), due));
      // The snapshot that follows replaces the entry, also when nothing came of the wake-up.
      live.stored_due = due;
      self->send(live.actor, atom::snapshot_v);
    };
    auto& r = need(entry.key);
    if (r.state == resident::phase::live || *r.damage)
      act(r);
    else
      r.pending.push_back(act);
  }
  load_missing();
}

} // namespace riq
