// The user's timers, derived from the state.
#include <algorithm>

#include "engine/apply.hpp"
#include "engine/day_window.hpp"
#include "engine/transition.hpp"

namespace riq::engine {

namespace {

constexpr std::int64_t erased_kept_ms = 7 * ms_per_day;

bool is_erased(const user_state& state) {
  return state.total.events == 0 && state.erased != 0;
}

} // namespace

bool is_kept(const user_state& state, std::int64_t now) {
  return state.total.events > 0 || (is_erased(state) && now < state.erased + erased_kept_ms);
}

std::int64_t next_due(const user_state& state, const feature_settings& settings) {
  if (is_erased(state)) return state.erased + erased_kept_ms; // for the last time
  auto due = abandonment_due(state, settings);
  for (const auto& p : state.bandit.pending) {
    if (p.rewarded) continue;
    const auto at = expires_at(p);
    if (due == 0 || at < due) due = at;
  }
  return due;
}

std::vector<due_fact> due_facts(const user_state& state, std::int64_t now,
                                const feature_settings& settings) {
  std::vector<due_fact> out;
  if (const auto due = abandonment_due(state, settings); due != 0 && due <= now)
    out.push_back({due, cart_abandoned{state.basket.updated}});
  for (const auto& p : state.bandit.pending)
    if (const auto at = expires_at(p); !p.rewarded && at <= now)
      out.push_back({at, offer_expired{p.key, p.campaign, p.arm, p.time}});
  return out;
}

} // namespace riq::engine
