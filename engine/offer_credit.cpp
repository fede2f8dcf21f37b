#include "engine/transition.hpp"

#include <algorithm>

#include "engine/bandit/arm_table.hpp"
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
  auto newest = state.last_active;
  for (const auto& a : state.bandit.arms) newest = std::max(newest, a.at);
  return newest;
}

bool closed(std::int64_t decided_at, std::uint32_t window_hours, std::int64_t clock) {
  const auto hours = window_hours == 0 ? defaults::reward_window_hours : window_hours;
  return decided_at + std::int64_t{hours} * 3'600'000 < clock;
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

// Makes room by what is closed, then by the oldest decision. False when the new one is the oldest
// itself: whether it was rewarded before can then not be known.
bool make_room(user_state& state, std::int64_t decided_at) {
  auto& list = state.bandit.pending;
  const auto clock = offer_clock(state);
  std::erase_if(list, [&](const pending_decision& p) { return closed(p, clock); });
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

} // namespace

void apply_served(transition& t, const offer_served& o) {
  auto& s = t.state;
  const auto key = stable_hash(o.decision_id);
  const auto time = t.e.time;
  if (find_pending(s, key) != nullptr) return; // the same decision in another record
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
  if (closed(p, offer_clock(s)) || !make_room(s, time)) return;
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
  // Served long ago, or its record was never stored: the token says what is needed.
  if (o.arm.empty() || closed(o.decided_at, o.window_hours, clock)) return;
  pending_decision p{.key = key,
                     .campaign = o.campaign,
                     .arm = o.arm,
                     .time = o.decided_at,
                     .kind = o.kind,
                     .cost = o.cost,
                     .margin_rate = o.margin_rate,
                     .window_hours = o.window_hours};
  const auto reward = reward_of_outcome(rule_of(p), o.reward, o.outcome);
  if (!reward || !make_room(s, o.decided_at)) return;
  grow_tightly(s.bandit.pending);
  s.bandit.pending.push_back(std::move(p));
  credit(t, s.bandit.pending.back(), *reward);
}

void credit_order(transition& t, const std::string& decision_id, double total) {
  auto* p = find_pending(t.state, stable_hash(decision_id));
  if (p == nullptr || p->rewarded) return;
  if (!closed(*p, std::max(offer_clock(t.state), t.e.time)))
    credit(t, *p, reward_of_order(rule_of(*p), total));
}

} // namespace riq::engine
