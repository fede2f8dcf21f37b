#pragma once
// One shard on a log and a store in memory, with a clock that the test moves. The shard can be
// killed and started again on what it left behind.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "actors/shard.hpp"
#include "actors/user.hpp"
#include "engine/apply.hpp"
#include "messages/msgpack.hpp"
#include "messages/topics.hpp"
#include "tests/support/deterministic_system.hpp"
#include "tests/support/events.hpp"
#include "tests/support/memory_log.hpp"
#include "tests/support/memory_store.hpp"

namespace riq::testing {

inline constexpr std::int64_t minute = 60'000;

/// The wall clock of the actors under test.
inline std::int64_t wall_now = t0;
inline std::int64_t test_wall() {
  return wall_now;
}

inline std::shared_ptr<settings> test_settings() {
  auto out = std::make_shared<settings>();
  out->shards.snapshot_after_ms = 1'000;
  out->shards.commit_every_ms = 200;
  out->shards.passivate_after_sec = 600;
  out->model.max_items = 1'000;
  out->model.max_sessions = 1'000;
  return out;
}

/// Users as one thread makes them out of the log, from its first record on.
inline std::map<std::string, user_state> replay(const std::vector<log_record>& records,
                                                const feature_settings& features,
                                                std::vector<numbered_update>* told = nullptr) {
  std::map<std::string, user_state> out;
  std::vector<session_update> updates;
  for (const auto& record : records) {
    const auto e = from_msgpack<event>(record.value);
    auto& state = out[e->user_id];
    state.user_id = e->user_id;
    updates.clear();
    engine::apply(state, *e, record.offset, features, updates);
    if (told)
      for (auto& u : updates) told->push_back({record.offset, std::move(u)});
  }
  return out;
}

class shard_rig {
 public:
  shard_rig() {
    wall_now = t0;
    for (const auto topic : {topics::processed_events, topics::session_updates})
      log->ensure_topic({.name = std::string{topic}, .partitions = 1});
    model->publish(std::make_shared<const engine::shared_model>(config->model));
  }

  /// Starts the shard where its last commit left off.
  void start() {
    auto context = std::make_shared<engine_context>();
    context->config = config;
    context->model = model;
    context->token_secret = "a secret for tests";
    context->wall = test_wall;
    shard_config c;
    c.engine = context;
    c.log = log;
    c.store = store;
    c.resume_from = std::max<std::int64_t>(store->position(0), 0);
    c.resident_users = resident_users;
    c.ticking = false;
    shard = sys.spawn(riq::shard, std::move(c));
  }

  void kill() {
    shard = shard_actor{};
    sys.kill_all();
  }

  void restart() {
    kill();
    start();
  }

  /// Lets time pass in one go, then one tick.
  void step(std::int64_t ms) {
    wall_now += ms;
    sys.sched.advance_time(std::chrono::milliseconds(ms));
    caf::anon_send(shard, atom::tick_v);
    sys.drain();
  }

  /// Lets time pass with a tick every 50 ms.
  void run(std::int64_t ms) {
    for (; ms > 0; ms -= 50) step(50);
  }

  /// Long enough for everything applied to be stored.
  void settle() { run(2'000); }

  void publish(const event& e) {
    testing::publish(*log, e);
    sys.drain();
  }

  template <class Question>
  result<answer> ask(Question q) {
    return sys.ask<answer>(shard, std::move(q));
  }

  shard_status status() { return *sys.ask<shard_status>(shard, atom::status_v); }

  /// Drains; false when it does not end within some ticks.
  bool drain() {
    const auto done = sys.begin<shard_status>(shard, atom::drain_v);
    for (int i = 0; i < 400 && !*done; ++i) step(50);
    return done->has_value() && **done;
  }

  const shard_state& state() { return sys.state_of<shard_state>(shard); }
  bool resident(const std::string& user) {
    return const_cast<shard_state&>(state()).residents.find(user) != nullptr;
  }

  /// The snapshot in the store.
  std::optional<user_state> stored(const std::string& user) const {
    const auto bytes = store->value(0, user);
    if (!bytes) return std::nullopt;
    return *from_msgpack<user_state>(*bytes);
  }

  /// The updates that a model would take, in the order it meets them: it skips what it has.
  std::vector<numbered_update> told() {
    std::vector<numbered_update> out;
    std::int64_t seen = -1;
    for (const auto& record : log->records(topics::session_updates)) {
      const auto list = *from_msgpack<std::vector<numbered_update>>(record.value);
      for (const auto& u : list)
        if (u.offset > seen) out.push_back(u);
      for (const auto& u : list) seen = std::max(seen, u.offset);
    }
    return out;
  }

  std::shared_ptr<settings> config = test_settings();
  std::shared_ptr<crash_journal> journal = std::make_shared<crash_journal>();
  std::shared_ptr<memory_log> log = std::make_shared<memory_log>(journal);
  std::shared_ptr<memory_store> store = std::make_shared<memory_store>(journal);
  std::shared_ptr<engine::model_source> model = std::make_shared<engine::model_source>();
  std::uint64_t resident_users = 1'000;
  deterministic_system sys; // ends the actors before what they use
  shard_actor shard;
};

} // namespace riq::testing
