#include "actors/trigger_log.hpp"

#include <algorithm>
#include <utility>

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "actors/deliveries.hpp"
#include "messages/json.hpp"
#include "messages/parse_json.hpp"
#include "messages/topics.hpp"

namespace riq {
namespace {

constexpr auto trigger_log_tick = std::chrono::milliseconds(1'000);
constexpr std::size_t trigger_log_credit = 256;
constexpr std::size_t max_body = 64 * 1024;

std::string text(const json_element& root, const char* name) {
  std::string_view out;
  if (root[name].get(out) != simdjson::SUCCESS) return {};
  return std::string{out};
}

void write_counts(json_writer& w, const trigger_log_state& s) {
  w.StartObject();
  json_member(w, "kept", s.kept.size());
  json_member(w, "triggers", s.counts.triggers);
  json_member(w, "delivered", s.counts.delivered);
  json_member(w, "dead", s.counts.dead);
  json_member(w, "conversions", s.counts.conversions);
  json_member(w, "revenue", s.counts.revenue);
  w.EndObject();
}

void write_trigger(json_writer& w, const trigger_log_state::kept_trigger& t) {
  // The object as it was published, and what became of it behind its members.
  const auto more = render_json([&](json_writer& out) {
    out.StartObject();
    json_key(out, "deliveries");
    out.StartArray();
    for (const auto& [target, d] : t.deliveries) write_json(out, d);
    out.EndArray();
    json_key(out, "conversion");
    if (t.conversion.empty())
      out.Null();
    else
      write_json(out, raw_json{t.conversion});
    out.EndObject();
  });
  auto whole = t.body;
  whole.pop_back();
  whole += ',';
  whole += std::string_view{more}.substr(1);
  write_json(w, raw_json{whole});
}

} // namespace

void trigger_log_state::start(trigger_log_config c) {
  config = std::move(c);
  for (const auto& name : config.targets) targets[name].target = name;
  follow(topics::retargeting_triggers, false);
  tick();
  if (config.ticking) self->delayed_send(self, trigger_log_tick, atom::tick_v);
}

void trigger_log_state::follow(std::string_view topic, bool outcomes) {
  const auto partitions = config.log->partitions(topic);
  for (std::int32_t p = 0; p < partitions; ++p) {
    auto f = std::make_shared<follower>();
    f->where = {std::string{topic}, p};
    f->outcomes = outcomes;
    const auto range = config.log->range(f->where);
    f->next = std::max(range.begin, range.end - static_cast<std::int64_t>(config.max_triggers));
    f->end_at_start = range.end;
    followers.push_back(f);
    listen(followers.size() - 1);
  }
}

void trigger_log_state::listen(std::size_t slot) {
  auto& f = *followers[slot];
  f.following = config.log->subscribe(f.where, f.next,
                                      deliver_to(trigger_log_actor{self}, static_cast<int>(slot)));
  f.following->grant(trigger_log_credit);
}

void trigger_log_state::delivered(const log_delivery& d) {
  auto& f = *followers[static_cast<std::size_t>(d.slot)];
  if (!*d.batch) {
    spdlog::error("trigger log: {}", d.batch->error().detail);
    f.following.reset(); // again with the next tick
    return;
  }
  const auto& batch = **d.batch;
  for (const auto& record : batch.records) {
    if (f.outcomes)
      take_outcome(record);
    else
      take_trigger(record);
  }
  f.next = batch.next;
  f.following->grant(batch.records.size());
  if (!outcomes_followed) tick();
}

void trigger_log_state::take_trigger(const log_record& record) {
  if (record.tombstone) return forget(record.key);
  const auto root = read_json(record.value);
  if (!root || record.value.size() > max_body || !root->is_object()) return;
  auto id = text(*root, "id");
  if (id.empty()) return;
  // A shard's repetition, or a dead letter that was sent again.
  const auto [at, is_new] = kept.try_emplace(id);
  if (!is_new) return;
  auto& t = at->second;
  t.user = record.key;
  t.rule = text(*root, "rule");
  t.time = record.timestamp;
  t.body = record.value;
  ++counts.triggers;
  order.push_back(std::move(id));
  while (order.size() > config.max_triggers) {
    kept.erase(order.front());
    order.pop_front();
  }
}

void trigger_log_state::take_outcome(const log_record& record) {
  const auto root = read_json(record.value);
  if (!root) return;
  const auto kind = text(*root, "kind");
  const auto found = kept.find(text(*root, "id"));
  if (kind == "converted") {
    if (found == kept.end() || !found->second.conversion.empty()) return;
    double total = 0;
    if ((*root)["total"].get(total) == simdjson::SUCCESS) counts.revenue += total;
    ++counts.conversions;
    found->second.conversion = record.value;
    return;
  }
  counts.delivered += kind == "delivered";
  counts.dead += kind == "dead";
  if (found == kept.end()) return;
  delivery_state s;
  s.target = text(*root, "target");
  s.trigger = found->first;
  s.state = kind;
  s.detail = text(*root, "detail");
  std::int64_t attempts = 0;
  if ((*root)["attempts"].get(attempts) == simdjson::SUCCESS)
    s.attempts = static_cast<std::uint32_t>(std::clamp<std::int64_t>(attempts, 0, 1'000'000));
  found->second.deliveries[s.target] = std::move(s);
}

void trigger_log_state::forget(const std::string& user) {
  std::erase_if(kept, [&](const auto& k) { return k.second.user == user; });
  std::erase_if(order, [this](const std::string& id) { return !kept.contains(id); });
}

void trigger_log_state::heard(const delivery_state& s) {
  // It may come before the trigger itself has been read; the next one will not.
  if (const auto found = kept.find(s.trigger); found != kept.end())
    found->second.deliveries[s.target] = s;
}

answer trigger_log_state::list(const list_triggers& question) const {
  return {render_json([&](json_writer& w) {
    w.StartObject();
    json_key(w, "triggers");
    w.StartArray();
    std::uint32_t shown = 0;
    const auto fits = [&](const std::string& id, const kept_trigger& t) {
      return (question.user_id.empty() || question.user_id == t.user) &&
             (question.rule.empty() || question.rule == t.rule) &&
             (question.id.empty() || question.id == id);
    };
    for (auto id = order.rbegin(); id != order.rend() && shown < question.limit; ++id) {
      const auto& t = kept.at(*id);
      if (!fits(*id, t)) continue;
      ++shown;
      write_trigger(w, t);
    }
    w.EndArray();
    json_key(w, "targets");
    w.StartArray();
    for (const auto& [name, s] : targets) write_json(w, s);
    w.EndArray();
    json_key(w, "counts");
    write_counts(w, *this);
    w.EndObject();
  })};
}

void trigger_log_state::tick() {
  for (std::size_t slot = 0; slot < followers.size(); ++slot)
    if (!followers[slot]->following) listen(slot);
  const bool caught_up = std::all_of(followers.begin(), followers.end(),
                                     [](const auto& f) { return f->next >= f->end_at_start; });
  if (outcomes_followed || !caught_up) return;
  outcomes_followed = true;
  // Of several partitions the newest of all stand last.
  std::stable_sort(order.begin(), order.end(), [this](const auto& a, const auto& b) {
    return kept.at(a).time < kept.at(b).time;
  });
  follow(topics::trigger_outcomes, true);
}

trigger_log_actor::behavior_type
trigger_log(trigger_log_actor::stateful_pointer<trigger_log_state> self,
            trigger_log_config config) {
  self->state.start(std::move(config));
  return {
    [self](const log_delivery& d) { self->state.delivered(d); },
    [self](const list_triggers& q) { return self->state.list(q); },
    [self](const delivery_state& s) { self->state.heard(s); },
    [self](const webhook_status& s) { self->state.heard(s); },
    [self](atom::tick) {
      self->state.tick();
      if (self->state.config.ticking) self->delayed_send(self, trigger_log_tick, atom::tick_v);
    },
  };
}

} // namespace riq
