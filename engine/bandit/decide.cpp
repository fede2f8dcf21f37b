#include "engine/bandit/decide.hpp"

#include <algorithm>
#include <cmath>

#include "engine/day_window.hpp"
#include "engine/features.hpp"
#include "messages/hash.hpp"

namespace riq::engine {
namespace {

constexpr std::int64_t minute_ms = 60'000;
constexpr std::size_t max_level_bytes = 256;

bool valid_at(std::int64_t now, std::int64_t from, std::int64_t until) {
  return (from == 0 || now >= from) && (until == 0 || now < until);
}

/// What a user got of one arm, or of all arms of the campaign.
struct servings {
  std::uint32_t today = 0;
  std::int64_t last = 0;
};

servings servings_of(const offer_question& q, const std::string& campaign, const std::string* arm) {
  servings out;
  const auto today = day_of(q.now);
  for (const auto& a : q.user.bandit.arms) {
    if (a.campaign != campaign || (arm != nullptr && a.arm != *arm)) continue;
    if (a.day == today) out.today += a.served_today;
    out.last = std::max(out.last, a.last_served);
  }
  for (const auto& d : q.under_way) {
    if (d.campaign != campaign || (arm != nullptr && d.arm != *arm)) continue;
    if (day_of(d.time) == today) ++out.today;
    out.last = std::max(out.last, d.time);
  }
  return out;
}

bool within_limits(const offer_question& q, const std::string& campaign, const std::string* arm,
                   std::uint32_t cap, std::uint32_t cooldown_min) {
  if (cap == 0 && cooldown_min == 0) return true;
  const auto had = servings_of(q, campaign, arm);
  if (cap != 0 && had.today >= cap) return false;
  return cooldown_min == 0 || had.last == 0 || q.now >= had.last + cooldown_min * minute_ms;
}

error wrong_type(const std::string& name, std::string_view expected) {
  return {ec::invalid, "context." + name,
          "the campaign takes this field as a " + std::string{expected}};
}

void describe(offer_served& out, const campaign& c, const decision_context& context,
              const std::vector<weighed_arm>& arms) {
  for (const auto& a : arms) {
    out.arms.push_back(c.settings.arms[a.index].id);
    out.propensities.push_back(a.propensity);
    out.means.push_back(a.mean);
  }
  out.levels = context.levels;
  out.features = context.features;
  out.layout = c.layout;
}

} // namespace

std::string_view group_of(const campaign_settings& c, std::string_view user_id) {
  if (c.holdout <= 0 && c.groups.empty()) return {};
  const auto place = static_cast<double>(stable_hash(user_id, stable_hash(c.id)) >> 11) * 0x1.0p-53;
  // The holdout grows from the left, so that it keeps its users whatever the groups do.
  auto edge = c.holdout;
  if (place < edge) return holdout_group;
  for (const auto& g : c.groups) {
    edge += g.share;
    if (place < edge) return g.name;
  }
  return {};
}

const policy_settings& policy_of(const campaign_settings& c, std::string_view group) {
  const auto at = std::ranges::find(c.groups, group, &group_settings::name);
  return at == c.groups.end() ? c.policy : at->policy;
}

result<decision_context> read_context(const campaign& c, const field_lookup& fields) {
  decision_context out;
  std::string path;
  const auto add = [&](const std::string& name, const context_value& v) {
    if (!path.empty()) path += '|';
    path.append(name).append("=").append(v.name.empty() ? "" : v.text);
    if (path.size() <= max_level_bytes) out.levels.push_back(path);
  };
  for (const auto& name : c.settings.categorical) {
    const auto v = fields(name);
    if (v.is_number) return wrong_type(name, "text");
    add(name, v);
  }
  if (c.settings.categorical.empty()) add("segment", fields("segment"));
  if (c.settings.numeric.empty()) return out;
  out.features.push_back(1);
  for (const auto& name : c.settings.numeric) {
    const auto v = fields(name);
    if (!v.name.empty() && !v.is_number) return wrong_type(name, "number");
    out.features.push_back(v.number);
  }
  return out;
}

std::vector<weighed_arm> open_arms(const campaign& c, const offer_question& q,
                                   const field_lookup& fields) {
  std::vector<weighed_arm> out;
  const auto& s = c.settings;
  if (!valid_at(q.now, s.valid_from, s.valid_until) || !c.rule.admits(fields)) return out;
  if (!within_limits(q, s.id, nullptr, s.cap_per_user_day, s.cooldown_min)) return out;
  const auto segment = name_of(segment_of(q.user, q.now, q.features));
  const auto cart = cart_value(q.user);
  out.reserve(s.arms.size());
  for (std::size_t i = 0; i < s.arms.size(); ++i) {
    const auto& arm = s.arms[i];
    if (!arm.segment.empty() && arm.segment != segment) continue;
    if (cart < arm.min_cart || !valid_at(q.now, arm.valid_from, arm.valid_until)) continue;
    if (!c.arm_rules[i].admits(fields)) continue;
    if (!within_limits(q, s.id, &arm.id, arm.cap_per_user_day, arm.cooldown_min)) continue;
    out.push_back({.index = i});
  }
  return out;
}

result<offer_decision> decide(const campaign& c, const offer_question& q,
                              const offer_population& population, random_source& random) {
  const field_lookup fields{q.told, q.user, q.now, q.features};
  auto context = read_context(c, fields);
  if (!context) return context.error();
  auto arms = open_arms(c, q, fields);
  offer_decision out;
  auto& served = out.served;
  served.campaign = c.settings.id;
  served.campaign_version = c.settings.version;
  served.group = group_of(c.settings, q.user.user_id);
  served.reward = c.settings.reward;
  served.margin_rate = c.settings.margin_rate;
  served.window_hours = c.settings.reward_window_hours;
  const auto& policy = policy_of(c.settings, served.group);
  served.policy = policy.kind;
  if (arms.empty())
    return error{ec::not_found, "", "no offer of this campaign is open to this user now"};
  if (served.group == holdout_group) {
    served.levels = std::move(context->levels);
    return out;
  }
  weigh(arms, {c, policy, *context, q.user, population, q.now});
  served.draw = random.unit();
  const auto& chosen = draw(arms, served.draw);
  const auto& arm = c.settings.arms[chosen.index];
  describe(served, c, *context, arms);
  served.arm = arm.id;
  served.propensity = chosen.propensity;
  served.cost = arm.cost;
  served.code = arm.code;
  out.arm = &arm;
  return out;
}

} // namespace riq::engine
