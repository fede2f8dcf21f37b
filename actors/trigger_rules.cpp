#include "actors/trigger_rules.hpp"

#include <algorithm>
#include <utility>

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "actors/context.hpp"
#include "actors/deliveries.hpp"
#include "messages/caf_error.hpp"
#include "messages/json.hpp"
#include "messages/read_fields.hpp"
#include "messages/topics.hpp"

namespace riq {
namespace {

constexpr auto rules_tick = std::chrono::milliseconds(1'000);
constexpr std::size_t rules_credit = 256;
// Of rules put at run time: each is looked at for each user that is stored.
constexpr std::size_t max_rules = 100;

// Not a tombstone: compaction may drop one, and the configuration's rule would rise again.
constexpr std::string_view removed_value = R"({"deleted":true})";

std::string rendered(const engine::trigger_rule& r) {
  return render_json([&](json_writer& w) {
    w.StartObject();
    write_json_members(w, r.told);
    json_member(w, "version", r.version);
    json_member(w, "origin", std::string_view{r.version == 0 ? "configuration" : "api"});
    w.EndObject();
  });
}

/// Reads and checks a rule; `id` is the path's.
result<trigger_rule_settings> read_rule(const std::string& id, std::string_view json,
                                        const trigger_settings& settings) {
  const auto root = read_json(json);
  if (!root) return root.error();
  trigger_rule_settings rule;
  rule.id = id;
  if (auto bad = read_fields(*root, rule)) return bad;
  if (rule.id != id) return error{ec::invalid, "/id", "differs from the path's"};
  if (auto bad = check_rule(rule, settings.targets)) {
    // The configuration's `after.1` is `/after/1` of the body.
    auto pointer = "/" + bad->where;
    std::ranges::replace(pointer, '.', '/');
    return error{ec::invalid, std::move(pointer), bad->what};
  }
  return rule;
}

} // namespace

void trigger_rules_state::start(trigger_rules_config c) {
  config = std::move(c);
  for (const auto& told : config.config->triggers.rules)
    rules.insert_or_assign(told.id, engine::understood(told, 0));
  const auto range = config.log->range({std::string{topics::trigger_updates}, 0});
  next = range.begin;
  end_at_start = range.end;
  if (next >= end_at_start) publish();
  follow();
  if (config.ticking) self->delayed_send(self, rules_tick, atom::tick_v);
}

void trigger_rules_state::follow() {
  following = config.log->subscribe({std::string{topics::trigger_updates}, 0}, next,
                                    deliver_to(trigger_rules_actor{self}));
  following->grant(rules_credit);
}

void trigger_rules_state::delivered(const log_delivery& d) {
  if (!*d.batch) {
    spdlog::error("trigger rules: {}", d.batch->error().detail);
    following.reset(); // again with the next tick
    return;
  }
  const auto& batch = **d.batch;
  following->grant(batch.records.size());
  for (const auto& record : batch.records) take(record);
  next = batch.next;
  if (next >= end_at_start) publish();
}

void trigger_rules_state::take(const log_record& record) {
  if (record.tombstone || record.value == removed_value) {
    rules.erase(record.key);
    return;
  }
  auto rule = read_rule(record.key, record.value, config.config->triggers);
  // It was good when it was put; since then a target may have left the configuration.
  if (!rule) {
    spdlog::warn("trigger rule {} is left out: {}: {}", record.key, rule.error().field,
                 rule.error().detail);
    rules.erase(record.key);
    return;
  }
  rules.insert_or_assign(
    record.key,
    engine::understood(std::move(*rule), static_cast<std::uint64_t>(record.offset) + 1));
}

void trigger_rules_state::publish() {
  std::vector<engine::trigger_rule> all;
  for (const auto& [id, rule] : rules) all.push_back(rule);
  config.source->publish(std::make_shared<const engine::trigger_registry>(std::move(all), ++epoch));
  for (auto& promise : std::exchange(starting, {})) promise.deliver(std::uint64_t{rules.size()});
  answer_applied();
}

void trigger_rules_state::answer_applied() {
  for (auto at = appending.begin(); at != appending.end();) {
    auto& w = at->second;
    if (w.offset < 0 || w.offset >= next) {
      ++at;
      continue;
    }
    const auto rule = rules.find(w.id);
    if (w.removal || rule == rules.end())
      w.promise.deliver(answer{render_json([&](json_writer& out) {
        out.StartObject();
        json_member(out, "deleted", w.id);
        out.EndObject();
      })});
    else
      w.promise.deliver(answer{rendered(rule->second)});
    at = appending.erase(at);
  }
}

caf::result<answer> trigger_rules_state::put(const put_trigger_rule& command) {
  const auto rule = read_rule(command.id, command.rule, config.config->triggers);
  if (!rule) return to_caf(rule.error());
  if (rules.size() + appending.size() >= max_rules && !rules.contains(command.id))
    return to_caf({ec::too_large, "", "there are 100 rules already; delete one first"});
  return append(command.id, to_json(*rule));
}

caf::result<answer> trigger_rules_state::remove(const delete_trigger_rule& command) {
  if (!rules.contains(command.id))
    return to_caf({ec::not_found, "id", "no trigger rule has this id"});
  return append(command.id, std::string{removed_value});
}

caf::result<answer> trigger_rules_state::append(std::string id, std::string value) {
  const auto tag = next_tag++;
  const bool removal = value == removed_value;
  storage::outgoing_record record;
  record.topic = topics::trigger_updates;
  record.key = id;
  record.value = std::move(value);
  record.partition = 0;
  record.timestamp = engine_clock::system_time();
  std::vector<storage::outgoing_record> records;
  records.push_back(std::move(record));
  auto promise = self->make_response_promise<answer>();
  appending.emplace(tag, waiting{-1, std::move(id), removal, promise});
  const auto failed = config.log->append(
    std::move(records), storage::durability::synced,
    [to = trigger_rules_actor{self}, tag](result<std::vector<std::int64_t>> done) {
      caf::anon_send(to,
                     done ? append_outcome{tag, {}, *done} : append_outcome{tag, done.error(), {}});
    });
  if (failed) appended({tag, failed, {}});
  return promise;
}

void trigger_rules_state::appended(const append_outcome& outcome) {
  const auto found = appending.find(outcome.tag);
  if (found == appending.end()) return;
  if (outcome.failure) {
    found->second.promise.deliver(to_caf(outcome.failure));
    appending.erase(found);
    return;
  }
  found->second.offset = outcome.offsets.empty() ? 0 : outcome.offsets.front();
  answer_applied();
}

caf::result<answer> trigger_rules_state::get(const get_trigger_rules& question) const {
  if (!question.id.empty()) {
    const auto rule = rules.find(question.id);
    if (rule == rules.end()) return to_caf({ec::not_found, "id", "no trigger rule has this id"});
    return answer{rendered(rule->second)};
  }
  return answer{render_json([&](json_writer& w) {
    w.StartObject();
    json_key(w, "rules");
    w.StartArray();
    for (const auto& [id, rule] : rules) write_json(w, raw_json{rendered(rule)});
    w.EndArray();
    w.EndObject();
  })};
}

caf::result<std::uint64_t> trigger_rules_state::ready() {
  if (epoch > 0) return std::uint64_t{rules.size()};
  return starting.emplace_back(self->make_response_promise<std::uint64_t>());
}

trigger_rules_actor::behavior_type
trigger_rules(trigger_rules_actor::stateful_pointer<trigger_rules_state> self,
              trigger_rules_config config) {
  self->state.start(std::move(config));
  return {
    [self](const log_delivery& d) { self->state.delivered(d); },
    [self](const put_trigger_rule& c) { return self->state.put(c); },
    [self](const delete_trigger_rule& c) { return self->state.remove(c); },
    [self](const get_trigger_rules& q) { return self->state.get(q); },
    [self](const append_outcome& o) { self->state.appended(o); },
    [self](atom::status) { return self->state.ready(); },
    [self](atom::tick) {
      if (!self->state.following) self->state.follow();
      if (self->state.config.ticking) self->delayed_send(self, rules_tick, atom::tick_v);
    },
  };
}

} // namespace riq
