#include "actors/offer_log.hpp"

#include <algorithm>
#include <utility>

#include <caf/send.hpp>

#include "actors/deliveries.hpp"
#include "engine/apply.hpp"
#include "engine/bandit/policy.hpp"
#include "engine/bandit/reward.hpp"
#include "messages/caf_error.hpp"
#include "messages/erasure.hpp"
#include "messages/hash.hpp"
#include "messages/json.hpp"
#include "messages/msgpack.hpp"
#include "messages/parse_order.hpp"
#include "messages/read_fields.hpp"
#include "messages/topics.hpp"

namespace riq {
namespace {

constexpr std::size_t credit_records = 4'096;

/// A policy as JSON, or by its kind alone.
result<policy_settings> read_policy(const std::string& text) {
  policy_settings out;
  if (const auto kind = from_name<policy_kind>(text)) {
    out.kind = *kind;
    return out;
  }
  const auto root = read_json(text);
  if (!root) return error{ec::invalid, "policy", "is neither a policy's kind nor a JSON object"};
  if (auto bad = read_fields(*root, out, "policy")) return bad;
  return out;
}

engine::reward_rule rule_of(const offer_served& s) {
  return {s.reward, s.cost, s.margin_rate};
}

engine::logged_decision logged(const offer_log_state::found& f) {
  const auto& s = std::get<offer_served>(f.served.what);
  return {f.time,  s.arm,    s.group,    s.propensity, s.arms,  s.propensities,
          s.means, s.levels, s.features, s.layout,     f.reward};
}

/// The arm that the logged probabilities and random number give.
std::string recomputed(const offer_served& s) {
  std::vector<engine::weighed_arm> arms(std::min(s.arms.size(), s.propensities.size()));
  for (std::size_t i = 0; i < arms.size(); ++i) {
    arms[i].index = i;
    arms[i].propensity = s.propensities[i];
  }
  return arms.empty() ? std::string{} : s.arms[engine::draw(arms, s.draw).index];
}

std::string render_explanation(const offer_log_state::found& f, const offer_log_state::scan& scan) {
  const auto& s = std::get<offer_served>(f.served.what);
  return render_json([&](json_writer& w) {
    w.StartObject();
    json_member(w, "decisionId", s.decision_id);
    json_member(w, "userId", f.served.user_id);
    json_member(w, "eventId", f.served.id);
    json_member(w, "time", f.served.time);
    json_member(w, "campaign", s.campaign);
    json_member(w, "campaignVersion", s.campaign_version);
    json_member(w, "policy", s.policy);
    json_member(w, "group", s.group);
    json_key(w, "known");
    w.StartObject();
    json_member(w, "levels", s.levels);
    json_member(w, "features", s.features);
    w.EndObject();
    json_key(w, "weighed");
    w.StartArray();
    for (std::size_t i = 0; i < s.arms.size(); ++i) {
      w.StartObject();
      json_member(w, "arm", s.arms[i]);
      if (i < s.means.size()) json_member(w, "mean", s.means[i]);
      if (i < s.propensities.size()) json_member(w, "propensity", s.propensities[i]);
      w.EndObject();
    }
    w.EndArray();
    json_member(w, "draw", s.draw);
    json_key(w, "chosen");
    w.StartObject();
    json_member(w, "arm", s.arm);
    json_member(w, "propensity", s.propensity);
    json_member(w, "code", s.code);
    json_member(w, "recomputed", recomputed(s));
    w.EndObject();
    if (scan.redeemed_at != 0) json_member(w, "redeemedAt", scan.redeemed_at);
    if (scan.expired_at != 0) json_member(w, "expiredAt", scan.expired_at);
    json_key(w, "outcome");
    if (f.rewarded) {
      w.StartObject();
      json_member(w, "reward", f.reward);
      json_member(w, "time", f.rewarded_at);
      json_member(w, "eventId", f.by);
      w.EndObject();
    } else {
      w.Null();
    }
    w.EndObject();
  });
}

} // namespace

caf::result<answer> offer_log_state::evaluate(const evaluate_policy& question) {
  const auto set = config.campaigns->get();
  const auto* c = set->find(question.campaign);
  if (c == nullptr)
    return to_caf({ec::not_found, "campaign", "there is no campaign `" + question.campaign + "`"});
  auto policy = read_policy(question.policy);
  if (!policy) return to_caf(policy.error());
  auto settings = c->settings;
  settings.policy = std::move(*policy);
  auto target = engine::campaign::compile(std::move(settings));
  if (!target) {
    auto wrong = target.error();
    wrong.field = "policy";
    return to_caf(wrong);
  }
  scan s;
  s.target = std::move(*target);
  return start(std::move(s), -1);
}

caf::result<answer> offer_log_state::explain(const explain_decision& question) {
  scan s;
  s.user_id = question.user_id;
  s.decision_id = question.decision_id;
  return start(std::move(s), config.log->partition_of(topics::offer_decisions, question.user_id));
}

caf::result<answer> offer_log_state::start(scan s, std::int32_t only_partition) {
  if (scans.size() >= config.max_scans)
    return to_caf({ec::queue_full, "", "the log is being read for others; try again later"});
  const auto id = ++next_scan;
  auto promise = self->make_response_promise<answer>();
  s.promise = promise;
  for (const auto topic : {topics::offer_decisions, topics::orders, topics::trigger_outcomes})
    for (std::int32_t p = 0; p < config.log->partitions(topic); ++p)
      if (only_partition < 0 || p == only_partition) s.where.push_back({std::string{topic}, p});
  auto where = s.where;
  scans.emplace(id, std::move(s));
  // What went through another node lies behind the ends that this one happens to know.
  using told = result<std::vector<offset_range>>;
  config.log->ask_ranges(std::move(where), [to = offer_log_actor{self}, id](told ranges) {
    caf::anon_send(to, ranges_told{id, std::make_shared<told>(std::move(ranges))});
  });
  return promise;
}

void offer_log_state::read(const ranges_told& told) {
  auto& s = scans.at(told.question);
  if (!*told.ranges) {
    s.failure = told.ranges->error();
    return finish(told.question);
  }
  for (std::size_t i = 0; i < s.where.size(); ++i) {
    const auto& range = (**told.ranges)[i];
    if (range.begin >= range.end) continue;
    ++s.open;
    followers.emplace(next_slot, follower{told.question, s.where[i], range.begin, range.end, {}});
    follow(next_slot++);
  }
  if (s.open == 0) finish(told.question);
}

void offer_log_state::follow(int slot) {
  auto& f = followers.at(slot);
  f.following = config.log->subscribe(f.where, f.next, deliver_to(offer_log_actor{self}, slot));
  f.following->grant(credit_records);
}

void offer_log_state::delivered(const log_delivery& d) {
  const auto at = followers.find(d.slot);
  if (at == followers.end()) return; // delivered before its subscription ended
  auto& f = at->second;
  const auto id = f.scan;
  auto& s = scans.at(id);
  if (*d.batch) {
    const auto& batch = **d.batch;
    for (const auto& record : batch.records) {
      if (record.offset >= f.end) break;
      if (f.where.topic == topics::orders)
        take_order(s, record);
      else if (f.where.topic == topics::trigger_outcomes)
        take_conversion(s, record);
      else
        take_decision(s, record);
    }
    f.next = batch.next;
    if (f.next < f.end) return f.following->grant(batch.records.size());
  } else if (const auto begin = config.log->range(f.where).begin; begin > f.next) {
    // Retention took what came next: what is kept is read.
    f.next = begin;
    if (f.next < f.end) return follow(d.slot);
  } else {
    s.failure = d.batch->error();
  }
  followers.erase(at);
  if (--s.open == 0) finish(id);
}

/// An order counts once, and not when its cancellation came before it.
void offer_log_state::take_order(scan& s, const log_record& record) const {
  if (!s.target && record.key != s.user_id) return;
  const auto tells = [&](std::string_view name) {
    return record.value.find(name) != std::string::npos;
  };
  if (!tells("offerDecisionId") && !tells("status")) return;
  parse_context context;
  context.now_ms = record.timestamp;
  auto e = parse_order(record.value, context);
  if (!e) return;
  const auto& o = std::get<order>(e->what);
  if (o.status == order_status::checkout) return;
  // An order follows its cancellation closely, if at all.
  if (s.settled.size() >= config.max_decisions) s.settled.clear();
  const auto first = s.settled.insert(stable_hash(o.order_id, stable_hash(e->user_id))).second;
  if (!first || o.status == order_status::cancelled || o.offer_decision_id.empty()) return;
  if (s.target || o.offer_decision_id == s.decision_id) s.outcomes.push_back(std::move(*e));
}

/// An order that named no decision, but came of a trigger that carried one.
void offer_log_state::take_conversion(scan& s, const log_record& record) const {
  if (record.value.find("decisionId") == std::string::npos) return;
  const auto root = read_json(record.value);
  if (!root) return;
  const auto text = [&](const char* name) {
    std::string_view out;
    return (*root)[name].get(out) == simdjson::SUCCESS ? std::string{out} : std::string{};
  };
  event e;
  e.id = text("eventId");
  e.user_id = text("userId");
  order o;
  o.offer_decision_id = text("decisionId");
  if ((*root)["time"].get(e.time) != simdjson::SUCCESS ||
      (*root)["total"].get(o.total) != simdjson::SUCCESS)
    return;
  if (!s.target && o.offer_decision_id != s.decision_id) return;
  e.what = std::move(o);
  s.outcomes.push_back(std::move(e));
}

void offer_log_state::take_decision(scan& s, const log_record& record) const {
  if (!s.target && record.key != s.user_id) return;
  if (is_erasure(record)) {
    // An evaluation names nobody; an explanation tells nothing of an erased user.
    if (s.target) return;
    s.decisions.clear();
    s.outcomes.clear();
    return;
  }
  auto e = from_msgpack<event>(record.value);
  if (!e) return;
  if (const auto* served = std::get_if<offer_served>(&e->what)) {
    const bool wanted =
      s.target ? served->campaign == s.target->settings.id : served->decision_id == s.decision_id;
    if (!wanted) return;
    const auto key = stable_hash(served->decision_id);
    const auto time = e->time;
    s.decisions.try_emplace(key, found{.time = time, .served = std::move(*e)});
    if (s.decisions.size() >= 2 * config.max_decisions) keep_newest(s);
  } else if (const auto* told = std::get_if<offer_rewarded>(&e->what)) {
    const auto known = s.decisions.find(stable_hash(told->decision_id));
    if (known != s.decisions.end() && known->second.expired) return;
    if (s.target ? told->campaign == s.target->settings.id : told->decision_id == s.decision_id)
      s.outcomes.push_back(std::move(*e));
  } else if (const auto* over = std::get_if<offer_expired>(&e->what)) {
    const auto known = s.decisions.find(over->decision);
    if (known == s.decisions.end()) return;
    known->second.expired = true;
    s.expired_at = e->time;
  } else if (const auto* code = std::get_if<offer_redeemed>(&e->what)) {
    if (!s.target && s.redeemed_at == 0 && e->time <= code->expires &&
        code->decision == stable_hash(s.decision_id))
      s.redeemed_at = e->time;
  }
}

/// Drops the older half of the decisions, and the outcomes from before those that stay.
void offer_log_state::keep_newest(scan& s) const {
  std::vector<std::int64_t> times;
  times.reserve(s.decisions.size());
  for (const auto& [id, f] : s.decisions) times.push_back(f.time);
  const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
  std::ranges::nth_element(times, middle);
  const auto oldest = *middle;
  std::erase_if(s.decisions, [&](const auto& d) { return d.second.time < oldest; });
  // Those of one moment are as good as each other.
  auto over = s.decisions.size() - std::min(s.decisions.size(), config.max_decisions);
  std::erase_if(s.decisions, [&](const auto&) { return over > 0 && over-- > 0; });
  std::erase_if(s.outcomes, [&](const event& e) { return e.time < oldest; });
}

/// What came first counts, if the user's own and within the window, as in the user's state.
void offer_log_state::credit(scan& s) const {
  for (const auto& e : s.outcomes) {
    const auto* told = std::get_if<offer_rewarded>(&e.what);
    const auto* bought = std::get_if<order>(&e.what);
    const auto at = s.decisions.find(
      stable_hash(told != nullptr ? told->decision_id : bought->offer_decision_id));
    if (at == s.decisions.end()) continue;
    auto& f = at->second;
    const auto& served = std::get<offer_served>(f.served.what);
    if (e.user_id != f.served.user_id ||
        e.time >= engine::expires_at({.time = f.time, .window_hours = served.window_hours}))
      continue;
    const auto rule = rule_of(served);
    const auto reward = told != nullptr
                          ? engine::reward_of_outcome(rule, told->reward, told->outcome)
                          : engine::reward_of_order(rule, bought->total);
    if (!reward || (f.rewarded && f.rewarded_at <= e.time)) continue;
    f.rewarded = true;
    f.rewarded_at = e.time;
    f.reward = *reward;
    f.by = e.id;
  }
}

std::string offer_log_state::render_evaluation(const scan& s) const {
  std::vector<engine::logged_decision> log;
  log.reserve(s.decisions.size());
  for (const auto& [id, f] : s.decisions) log.push_back(logged(f));
  std::ranges::stable_sort(log, {}, &engine::logged_decision::time);
  if (log.size() > config.max_decisions)
    log.erase(log.begin(), log.end() - static_cast<std::ptrdiff_t>(config.max_decisions));
  const auto result = engine::evaluate(*s.target, log);
  return render_json([&](json_writer& w) {
    w.StartObject();
    json_member(w, "campaign", s.target->settings.id);
    json_member(w, "policy", s.target->settings.policy);
    write_json_members(w, result);
    json_member(w, "groups", engine::compare_groups(log));
    w.EndObject();
  });
}

void offer_log_state::finish(std::uint64_t id) {
  auto taken = scans.extract(id);
  auto& s = taken.mapped();
  credit(s);
  const auto explained = s.decisions.find(stable_hash(s.decision_id));
  if (s.failure)
    s.promise.deliver(to_caf(s.failure));
  else if (s.target)
    s.promise.deliver(answer{render_evaluation(s)});
  else if (explained != s.decisions.end())
    s.promise.deliver(answer{render_explanation(explained->second, s)});
  else
    s.promise.deliver(
      to_caf({ec::not_found, "decisionId", "the log does not keep this decision any more"}));
}

offer_log_actor::behavior_type offer_log(offer_log_actor::stateful_pointer<offer_log_state> self,
                                         offer_log_config config) {
  self->state.config = std::move(config);
  return {
    [self](const ranges_told& told) { self->state.read(told); },
    [self](const log_delivery& d) { self->state.delivered(d); },
    [self](const evaluate_policy& question) { return self->state.evaluate(question); },
    [self](const explain_decision& question) { return self->state.explain(question); },
  };
}

} // namespace riq
