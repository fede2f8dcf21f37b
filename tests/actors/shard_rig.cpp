#include "tests/actors/shard_rig.hpp"

#include <algorithm>
#include <utility>

#include "messages/msgpack.hpp"

namespace riq::testing {

std::shared_ptr<settings> test_settings() {
  auto out = std::make_shared<settings>();
  out->shards.snapshot_after_ms = 1'000;
  out->shards.commit_every_ms = 200;
  out->shards.passivate_after_sec = 600;
  out->model.max_items = 1'000;
  out->model.max_sessions = 1'000;
  return out;
}

std::map<std::string, user_state> replay(const std::vector<log_record>& records,
                                         const feature_settings& features,
                                         std::vector<numbered_update>* told) {
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

std::shared_ptr<const engine::campaign_source> configured_campaigns(const settings& s) {
  auto set = std::make_shared<engine::campaign_set>();
  for (const auto& c : s.campaigns)
    if (auto compiled = engine::campaign::compile(c)) set->put(std::move(*compiled));
  auto source = std::make_shared<engine::campaign_source>();
  source->publish(std::move(set));
  return source;
}

get_features features_of(const std::string& user, std::string after) {
  get_features q;
  q.of.user_id = user;
  q.of.after = std::move(after);
  return q;
}

inspect_user look_at(const std::string& user) {
  inspect_user q;
  q.of.user_id = user;
  return q;
}

shard_rig::shard_rig() {
  wall_now = t0;
  for (const auto topic : {topics::processed_events, topics::session_updates})
    log->ensure_topic({.name = std::string{topic}, .partitions = 1});
  model->publish(std::make_shared<const engine::shared_model>(config->model));
}

void shard_rig::start() {
  auto context = std::make_shared<engine_context>();
  context->config = config;
  context->model = model;
  context->campaigns = configured_campaigns(*config);
  context->token_secret = "a secret for tests";
  context->wall = test_wall;
  context->triggers = triggers;
  context->feed = feed;
  shard_config c;
  c.engine = context;
  c.log = log;
  c.store = store;
  c.resume_from = std::max<std::int64_t>(store->position(0), 0);
  c.resident_users = resident_users;
  c.parting = parting;
  c.ticking = ticking;
  shard = sys.spawn(riq::shard, std::move(c));
}

void shard_rig::kill() {
  shard = shard_actor{};
  sys.kill_all();
}

void shard_rig::step(std::int64_t ms) {
  wall_now += ms;
  sys.sched.advance_time(std::chrono::milliseconds(ms));
  caf::anon_send(shard, atom::tick_v);
  sys.drain();
}

void shard_rig::publish(const event& e) {
  testing::publish(*log, e);
  sys.drain();
}

shard_status shard_rig::status() {
  return *sys.ask<shard_status>(shard, atom::status_v);
}

bool shard_rig::drain() {
  const auto done = sys.begin<shard_status>(shard, atom::drain_v);
  for (int i = 0; i < 400 && !*done; ++i) step(50);
  return done->has_value() && **done;
}

bool shard_rig::resident(const std::string& user) {
  return const_cast<shard_state&>(state()).residents.find(user) != nullptr;
}

std::optional<user_state> shard_rig::stored(const std::string& user) const {
  const auto bytes = store->value(0, user);
  if (!bytes) return std::nullopt;
  return *from_msgpack<user_state>(*bytes);
}

std::vector<numbered_update> shard_rig::told() {
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

} // namespace riq::testing
