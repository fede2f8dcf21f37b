#include "engine/transition.hpp"

#include <algorithm>

#include "engine/apply.hpp"
#include "engine/bandit/arm_table.hpp"
#include "engine/bandit/limits.hpp"
#include "engine/bandit/reward.hpp"
#include "engine/bounded.hpp"
#include "engine/day_window.hpp"
#include "engine/decay.hpp"
#include "engine/features.hpp"
#include "messages/hash.hpp"

namespace riq::engine {
namespace {

// The newest time the user's offers know of. It never goes back, so a decision that was forgotten
// because its window had closed stays closed.
std::int64_t offer_clock(const user_state& state) {
  auto newest = std::max(state.last_active, state.bandit.clock);
  for (const auto& a : state.bandit.arms) newest = std::max(newest, a.at);
  return newest;
}

std::int64_t window_end(std::int64_t decided_at, std::uint32_t window_hours) {
  const auto hours = window_hours == 0 ? defaults::reward_window_hours : window_hours;
  return decided_at + std::int64_t{hours} * 3'600'000;
}

bool closed(std::int64_t decided_at, std::uint32_t window_hours, std::int64_t clock) {
  return window_end(decided_at, window_hours) < clock;
}

bool closed(const pending_decision& p, std::int64_t clock) {
  return closed(p.time, p.window_hours, clock);
}

reward_rule rule_of(const pending_decision& p) {
  return {p.kind, p.cost, p.margin_rate};
}

// The user's record of an arm, its counts brought up to `time`.
arm_state& arm_at(user_state& state, const std::string& campaign, const std::string& arm,
                  std::int64_t time) {
  auto& arms = state.bandit.arms;
  auto at = std::ranges::find_if(
    arms, [&](const arm_state& a) { return a.arm == arm && a.campaign == campaign; });
  if (at == arms.end()) {
    if (arms.size() >= bounds::arms) arms.erase(std::ranges::min_element(arms, {}, &arm_state::at));
    grow_tightly(arms);
    arms.push_back({.campaign = campaign, .arm = arm, .at = time, .day = day_of(time)});
    return arms.back();
  }
  if (time > at->at) {
    const auto fade = halved(time - at->at, offer_half_life_ms);
    at->served *= fade;
    at->reward *= fade;
    at->at = time;
  }
  return *at;
}

pending_decision* find_pending(user_state& state, std::uint64_t key) {
  auto& list = state.bandit.pending;
  const auto at = std::ranges::find(list, key, &pending_decision::key);
  return at == list.end() ? nullptr : &*at;
}

// Forgets what is closed, and tells those that nobody rewarded.
void forget_closed(transition& t, std::int64_t clock) {
  std::erase_if(t.state.bandit.pending, [&](const pending_decision& p) {
    if (!closed(p, clock)) return false;
    if (!p.rewarded && t.expired != nullptr)
      t.expired->push_back({p.key, p.campaign, p.arm, p.time});
    return true;
  });
}

// Makes room by what is closed, then by the oldest decision. False when the new one is the oldest
// itself: whether it was rewarded before can then not be known.
bool make_room(transition& t, std::int64_t decided_at) {
  auto& list = t.state.bandit.pending;
  forget_closed(t, offer_clock(t.state));
  if (list.size() < bounds::pending_decisions) return true;
  const auto oldest = std::ranges::min_element(list, {}, &pending_decision::time);
  if (decided_at <= oldest->time) return false;
  list.erase(oldest);
  return true;
}

session_update& offer_update(transition& t, session_update::what kind, const pending_decision& p) {
  auto& u = t.update(kind);
  u.campaign = p.campaign;
  u.arm = p.arm;
  u.levels = p.levels;
  u.features = p.features;
  u.layout = p.layout;
  return u;
}

void credit(transition& t, pending_decision& p, double reward) {
  p.rewarded = true;
  p.reward = reward;
  if (p.arm.empty()) return; // the holdout's: nothing was offered
  count_reward(t, p, reward);
  const auto time = t.e.time;
  auto& arm = arm_at(t.state, p.campaign, p.arm, time);
  arm.reward += reward * halved(arm.at - time, offer_half_life_ms);
  offer_update(t, session_update::what::offer_rewarded, p).reward = reward;
}

void count_serving(transition& t, const pending_decision& p) {
  const auto time = t.e.time;
  auto& arm = arm_at(t.state, p.campaign, p.arm, time);
  arm.served += halved(arm.at - time, offer_half_life_ms);
  arm.last_served = std::max(arm.last_served, time);
  if (const auto day = day_of(time); day > arm.day) {
    arm.day = day;
    arm.served_today = 1;
  } else if (day == arm.day) {
    ++arm.served_today;
  }
  offer_update(t, session_update::what::offer_served, p);
}

// Looked at when it was decided, but perhaps on another node, which knew less. What a trigger
// carries was sent.
bool beyond_limits(const user_state& s, const offer_served& o, std::int64_t time) {
  if (o.over_budget) return true;
  if (o.by_trigger || o.arm.empty()) return false;
  return !within_limits(s, {}, o.campaign, &o.arm, o.arm_cap_day, o.arm_cooldown_min, time) ||
         !within_limits(s, {}, o.campaign, nullptr, o.cap_day, o.cooldown_min, time);
}

} // namespace

std::int64_t expires_at(const pending_decision& p) {
  return window_end(p.time, p.window_hours) + 1;
}

const redeemed_code* find_redeemed(const user_state& state, std::uint64_t decision) {
  const auto& list = state.bandit.redeemed;
  const auto at = std::ranges::find(list, decision, &redeemed_code::decision);
  return at == list.end() ? nullptr : &*at;
}

bool may_redeem(const user_state& state, std::int64_t now) {
  const auto valid = std::ranges::count_if(
    state.bandit.redeemed, [&](const redeemed_code& c) { return c.expires >= now; });
  return static_cast<std::size_t>(valid) < bounds::redeemed_codes;
}

void apply_served(transition& t, const offer_served& o) {
  auto& s = t.state;
  const auto key = stable_hash(o.decision_id);
  const auto time = t.e.time;
  if (find_pending(s, key) != nullptr) return; // the same decision in another record
  if (beyond_limits(s, o, time)) {
    append_bounded(s.bandit.voided, key, bounds::void_decisions);
    return;
  }
  t.note.served = true;
  pending_decision p{.key = key,
                     .campaign = o.campaign,
                     .arm = o.arm,
                     .propensity = o.propensity,
                     .time = time,
                     .levels = o.levels,
                     .features = o.features,
                     .layout = o.layout,
                     .kind = o.reward,
                     .cost = o.cost,
                     .margin_rate = o.margin_rate,
                     .window_hours = o.window_hours};
  if (!o.arm.empty()) count_serving(t, p);
  if (closed(p, offer_clock(s)) || !make_room(t, time)) return;
  grow_tightly(s.bandit.pending);
  s.bandit.pending.push_back(std::move(p));
}

void apply_rewarded(transition& t, const offer_rewarded& o) {
  auto& s = t.state;
  const auto key = stable_hash(o.decision_id);
  const auto clock = std::max(offer_clock(s), t.e.time);
  if (auto* p = find_pending(s, key)) {
    const auto reward = reward_of_outcome(rule_of(*p), o.reward, o.outcome);
    if (reward && !p->rewarded && !closed(*p, clock)) credit(t, *p, *reward);
    return;
  }
  // Served long ago, and newer ones took its place: the token says what is needed. A decision from
  // before the user's first event was another's, who was erased.
  if (o.arm.empty() || o.decided_at < s.first_seen || closed(o.decided_at, o.window_hours, clock))
    return;
  pending_decision p{.key = key,
                     .campaign = o.campaign,
                     .arm = o.arm,
                     .time = o.decided_at,
                     .kind = o.kind,
                     .cost = o.cost,
                     .margin_rate = o.margin_rate,
                     .window_hours = o.window_hours};
  const auto reward = reward_of_outcome(rule_of(p), o.reward, o.outcome);
  if (!reward || !make_room(t, o.decided_at)) return;
  grow_tightly(s.bandit.pending);
  s.bandit.pending.push_back(std::move(p));
  credit(t, s.bandit.pending.back(), *reward);
}

void apply_expired(transition& t, const offer_expired& o) {
  auto& s = t.state;
  const auto* p = find_pending(s, o.decision);
  if (p == nullptr || p->rewarded) return;
  // The clock stays there, so that an outcome told late does not count after all.
  s.bandit.clock = std::max(s.bandit.clock, expires_at(*p));
  forget_closed(t, offer_clock(s));
}

void apply_redeemed(transition& t, const offer_redeemed& o) {
  auto& s = t.state;
  auto& list = s.bandit.redeemed;
  const auto clock = std::max(offer_clock(s), t.e.time);
  if (o.expires < clock || find_redeemed(s, o.decision) != nullptr || !may_redeem(s, clock)) return;
  s.bandit.clock = clock; // what is dropped now stays expired
  std::erase_if(list, [&](const redeemed_code& c) { return c.expires < clock; });
  grow_tightly(list);
  list.push_back({o.decision, t.e.time, o.expires, o.claim});
}

void credit_order(transition& t, const std::string& decision_id, double total) {
  auto* p = find_pending(t.state, stable_hash(decision_id));
  if (p == nullptr || p->rewarded) return;
  if (!closed(*p, std::max(offer_clock(t.state), t.e.time)))
    credit(t, *p, reward_of_order(rule_of(*p), total));
}

} // namespace riq::engine
