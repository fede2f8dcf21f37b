#include "actors/campaigns.hpp"

#include <chrono>
#include <utility>

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "actors/context.hpp"
#include "actors/deliveries.hpp"
#include "engine/bandit/policy.hpp"
#include "messages/caf_error.hpp"
#include "messages/json.hpp"
#include "messages/read_fields.hpp"
#include "messages/topics.hpp"

namespace riq {
namespace {

constexpr auto campaigns_tick = std::chrono::seconds(1);
constexpr std::size_t campaigns_credit = 256;
constexpr double two_sided_95 = 1.96;

/// A configured campaign's deletion must outlive the compaction of the topic.
constexpr std::string_view deleted = "null";

topic_partition updates() {
  return {std::string{topics::campaign_updates}, 0};
}

result<std::shared_ptr<engine::campaign>> read_campaign(const std::string& id,
                                                        const std::string& json) {
  const auto root = read_json(json);
  if (!root) return root.error();
  campaign_settings settings;
  settings.arms.clear();
  settings.id = id;
  if (auto bad = read_fields(*root, settings)) return bad;
  if (settings.id != id) return error{ec::invalid, "/id", "differs from the path's"};
  return engine::campaign::compile(std::move(settings));
}

/// Everybody's arms: what was counted, and the mean that a user of no known level starts with.
void write_learned(json_writer& w, const engine::campaign& c, const engine::shared_model& model) {
  const auto* table = model.offers.table(c.settings.id, {});
  std::vector<engine::weighed_arm> arms(c.settings.arms.size());
  for (std::size_t i = 0; i < arms.size(); ++i) arms[i].index = i;
  const user_state nobody;
  const engine::decision_context everybody;
  const engine::policy_input in{c,      c.settings.policy, everybody,
                                nobody, model.offers,      model.stream_time};
  engine::believe(arms, in);
  json_key(w, "learned");
  w.StartObject();
  json_member(w, "served", table ? table->all().served : 0.0);
  json_member(w, "reward", table ? table->all().reward : 0.0);
  json_member(w, "changesNoticed", table ? table->changes_noticed() : 0U);
  json_key(w, "arms");
  w.StartArray();
  for (const auto& a : arms) {
    const auto cell =
      table ? table->as_of(c.arm_keys[a.index], model.stream_time) : engine::reward_cell{};
    w.StartObject();
    json_member(w, "id", c.settings.arms[a.index].id);
    json_member(w, "served", cell.served);
    json_member(w, "reward", cell.reward);
    json_member(w, "mean", a.mean);
    json_member(w, "low", a.mean - two_sided_95 * a.deviation);
    json_member(w, "high", a.mean + two_sided_95 * a.deviation);
    w.EndObject();
  }
  w.EndArray();
  w.EndObject();
}

} // namespace

error validate(const campaigns_config& config) {
  for (const auto& c : config.config->campaigns)
    if (auto compiled = engine::campaign::compile(c); !compiled) {
      auto wrong = compiled.error();
      wrong.field = "campaigns." + c.id + wrong.field;
      return wrong;
    }
  return {};
}

void campaigns_state::start(campaigns_config c) {
  config = std::move(c);
  for (const auto& settings : config.config->campaigns)
    if (auto compiled = engine::campaign::compile(settings)) set.put(std::move(*compiled));
  config.source->publish(std::make_shared<const engine::campaign_set>(set));
  next = config.log->range(updates()).begin;
  follow();
  if (config.ticking) self->delayed_send(self, campaigns_tick, atom::tick_v);
}

void campaigns_state::follow() {
  following = config.log->subscribe(updates(), next, deliver_to(campaigns_actor{self}));
  following->grant(campaigns_credit);
}

void campaigns_state::tick() {
  if (!following) follow();
}

void campaigns_state::delivered(const log_delivery& d) {
  if (!*d.batch) {
    spdlog::error("campaigns: {}", d.batch->error().detail);
    following.reset(); // the next tick follows again
    return;
  }
  const auto& batch = **d.batch;
  for (const auto& record : batch.records) take(record);
  next = batch.next;
  following->grant(batch.records.size());
  config.source->publish(std::make_shared<const engine::campaign_set>(set));
  const auto end = stored.lower_bound(next);
  for (auto w = stored.begin(); w != end; ++w) answer_one(w->second);
  stored.erase(stored.begin(), end);
}

void campaigns_state::take(const log_record& record) {
  if (record.tombstone || record.value == deleted) return set.remove(record.key);
  auto compiled = read_campaign(record.key, record.value);
  if (!compiled) {
    // An edition of a newer version of this program: the one in force stays.
    spdlog::error("campaigns: offset {}: {}: {}", record.offset, compiled.error().field,
                  compiled.error().detail);
    return;
  }
  // The configured editions have small numbers; these follow them.
  (*compiled)->settings.version = static_cast<std::uint32_t>(record.offset + 2);
  set.put(std::move(*compiled));
}

caf::result<answer> campaigns_state::put(const put_campaign& command) {
  auto compiled = read_campaign(command.id, command.body);
  if (!compiled) return to_caf(compiled.error());
  return store(command.id, to_json((*compiled)->settings));
}

caf::result<answer> campaigns_state::remove(const remove_campaign& command) {
  if (set.find(command.id) == nullptr)
    return to_caf({ec::not_found, "id", "there is no campaign `" + command.id + "`"});
  return store(command.id, std::string{deleted});
}

caf::result<answer> campaigns_state::store(const std::string& id, std::string value) {
  storage::outgoing_record record;
  record.topic = topics::campaign_updates;
  record.partition = 0;
  record.key = id;
  record.value = std::move(value);
  record.timestamp = engine_clock::system_time();
  std::vector<storage::outgoing_record> records;
  records.push_back(std::move(record));
  const auto tag = ++next_tag;
  const auto failed = config.log->append(
    std::move(records), storage::durability::synced,
    [to = campaigns_actor{self}, tag](result<std::vector<std::int64_t>> offsets) {
      append_outcome out{tag, {}, {}};
      if (offsets)
        out.offsets = std::move(*offsets);
      else
        out.failure = offsets.error();
      caf::anon_send(to, std::move(out));
    });
  if (failed) return to_caf(failed);
  auto promise = self->make_response_promise<answer>();
  appending.emplace(tag, waiting{id, promise});
  return promise;
}

void campaigns_state::appended(const append_outcome& outcome) {
  auto found = appending.extract(outcome.tag);
  if (!found) return;
  auto& w = found.mapped();
  if (outcome.failure) {
    w.promise.deliver(to_caf(outcome.failure));
    return;
  }
  const auto offset = outcome.offsets.front();
  if (offset < next)
    answer_one(w);
  else
    stored.emplace(offset, std::move(w));
}

void campaigns_state::answer_one(waiting& w) const {
  const auto* c = set.find(w.id);
  w.promise.deliver(answer{render_json([&](json_writer& out) {
    out.StartObject();
    json_member(out, "message", std::string_view{c ? "Stored!" : "Deleted!"});
    if (c)
      write_json_members(out, c->settings);
    else
      json_member(out, "id", w.id);
    out.EndObject();
  })});
}

caf::result<answer> campaigns_state::shown(const get_campaign& question) const {
  const auto* c = set.find(question.id);
  if (c == nullptr)
    return to_caf({ec::not_found, "id", "there is no campaign `" + question.id + "`"});
  const auto model = config.model->get();
  return answer{render_json([&](json_writer& w) {
    w.StartObject();
    write_json_members(w, c->settings);
    write_learned(w, *c, *model);
    w.EndObject();
  })};
}

answer campaigns_state::list() const {
  return {render_json([&](json_writer& w) {
    w.StartObject();
    json_key(w, "campaigns");
    w.StartArray();
    for (const auto& c : set.by_priority) write_json(w, c->settings);
    w.EndArray();
    w.EndObject();
  })};
}

campaigns_actor::behavior_type campaigns(campaigns_actor::stateful_pointer<campaigns_state> self,
                                         campaigns_config config) {
  self->state.start(std::move(config));
  return {
    [self](const log_delivery& d) { self->state.delivered(d); },
    [self](const put_campaign& command) { return self->state.put(command); },
    [self](const remove_campaign& command) { return self->state.remove(command); },
    [self](const get_campaign& question) { return self->state.shown(question); },
    [self](const list_campaigns&) { return self->state.list(); },
    [self](const append_outcome& outcome) { self->state.appended(outcome); },
    [self](atom::tick) {
      self->state.tick();
      if (self->state.config.ticking) self->delayed_send(self, campaigns_tick, atom::tick_v);
    },
  };
}

} // namespace riq
