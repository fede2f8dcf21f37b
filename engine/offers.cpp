#include "engine/offers.hpp"

#include <algorithm>
#include <cmath>

#include "engine/day_window.hpp"
#include "engine/decay.hpp"
#include "engine/features.hpp"
#include "messages/hash.hpp"

namespace riq::engine {
namespace {

std::uint64_t key_of(std::string_view campaign, std::string_view level, std::string_view arm) {
  return stable_hash(arm, stable_hash(level, stable_hash(campaign)));
}

// Brings counts up to `time`; for an earlier time they stay. Returns what an event at `time`
// weighs.
double fade(offer_population::counts& c, std::int64_t time) {
  if (time >= c.at) {
    const auto factor = c.at == 0 ? 1.0 : halved(time - c.at, offer_half_life_ms);
    c.served *= factor;
    c.reward *= factor;
    c.at = time;
    return 1;
  }
  return halved(c.at - time, offer_half_life_ms);
}

const arm_state* arm_of(const user_state& state, const std::string& campaign,
                        const std::string& arm) {
  const auto& arms = state.bandit.arms;
  const auto at = std::ranges::find_if(
    arms, [&](const arm_state& a) { return a.arm == arm && a.campaign == campaign; });
  return at == arms.end() ? nullptr : &*at;
}

double shrunk(double reward, double served, double above, double servings) {
  // A late record may bring a reward without its serving; a mean stays a mean.
  return std::clamp((reward + servings * above) / (served + servings), 0.0, 1.0);
}

double mean_of(const std::string& campaign, const std::string& arm, const user_state& state,
               const offer_population& population, const std::vector<std::string>& levels,
               std::int64_t now) {
  const auto all = population.of(campaign, {}, arm, now);
  auto mean = shrunk(all.reward, all.served, prior_mean, prior_servings);
  for (const auto& level : levels) {
    const auto c = population.of(campaign, level, arm, now);
    mean = shrunk(c.reward, c.served, mean, level_servings);
  }
  const auto* own = arm_of(state, campaign, arm);
  if (own == nullptr) return mean;
  const auto factor = halved(now - own->at, offer_half_life_ms);
  return shrunk(own->reward * factor, own->served * factor, mean, user_servings);
}

bool open_to(const arm_settings& arm, const std::string& campaign, const user_state& state,
             std::int64_t now, std::string_view segment, double cart) {
  if (!arm.segment.empty() && arm.segment != segment) return false;
  if (cart < arm.min_cart) return false;
  if (arm.valid_from != 0 && now < arm.valid_from) return false;
  if (arm.valid_until != 0 && now >= arm.valid_until) return false;
  if (arm.cap_per_user_day == 0) return true;
  const auto* own = arm_of(state, campaign, arm.id);
  return own == nullptr || own->day != day_of(now) || own->served_today < arm.cap_per_user_day;
}

} // namespace

void offer_population::apply(const session_update& update) {
  const auto served = update.kind == session_update::what::offer_served;
  if (!served && update.kind != session_update::what::offer_rewarded) return;
  const auto add = [&](std::string_view level) {
    auto& c = table_[key_of(update.campaign, level, update.arm)];
    const auto weight = fade(c, update.time);
    if (served)
      c.served += weight;
    else
      c.reward += weight * update.reward;
  };
  add({});
  for (const auto& level : update.levels) add(level);
}

offer_population::counts offer_population::of(std::string_view campaign, std::string_view level,
                                              std::string_view arm, std::int64_t now) const {
  const auto at = table_.find(key_of(campaign, level, arm));
  if (at == table_.end()) return {};
  auto c = at->second;
  if (now > c.at) fade(c, now);
  return c;
}

std::vector<weighed_arm> eligible_arms(const campaign_settings& campaign, const user_state& state,
                                       std::int64_t now, const feature_settings& features) {
  const auto segment = name_of(segment_of(state, now, features));
  const auto cart = cart_value(state);
  std::vector<weighed_arm> out;
  for (const auto& arm : campaign.arms)
    if (open_to(arm, campaign.id, state, now, segment, cart)) out.push_back({.arm = &arm});
  return out;
}

void weigh(std::vector<weighed_arm>& arms, const campaign_settings& campaign,
           const user_state& state, const offer_population& population, std::int64_t now,
           const feature_settings& features) {
  if (arms.empty()) return;
  const auto levels = levels_of(state, now, features);
  double best = 0;
  for (auto& a : arms) {
    a.mean = mean_of(campaign.id, a.arm->id, state, population, levels, now);
    best = std::max(best, a.mean);
  }
  // Sums in another order differ in the last bits; such arms are equally good.
  const auto tied = [&](const weighed_arm& a) { return a.mean >= best - 1e-12; };
  const auto ties = static_cast<double>(std::ranges::count_if(arms, tied));
  const auto explore = campaign.epsilon / static_cast<double>(arms.size());
  for (auto& a : arms) a.propensity = explore + (tied(a) ? (1 - campaign.epsilon) / ties : 0);
}

const weighed_arm& draw(const std::vector<weighed_arm>& arms, random_source& random) {
  auto left = random.unit();
  for (const auto& a : arms) {
    left -= a.propensity;
    if (left < 0) return a;
  }
  // Rounding left a sliver: it belongs to the last arm that can be drawn at all.
  const auto at =
    std::find_if(arms.rbegin(), arms.rend(), [](const weighed_arm& a) { return a.propensity > 0; });
  return at == arms.rend() ? arms.back() : *at;
}

std::vector<std::string> levels_of(const user_state& state, std::int64_t now,
                                   const feature_settings& features) {
  return {"segment=" + std::string{name_of(segment_of(state, now, features))}};
}

} // namespace riq::engine
