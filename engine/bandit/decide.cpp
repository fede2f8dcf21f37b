#include "engine/bandit/decide.hpp"

#include <algorithm>
#include <cmath>

#include "engine/bandit/budget_ledger.hpp"
#include "engine/features.hpp"
#include "messages/hash.hpp"

namespace riq::engine {
namespace {

constexpr std::size_t max_level_bytes = 256;

bool valid_at(std::int64_t now, std::int64_t from, std::int64_t until) {
  return (from == 0 || now >= from) && (until == 0 || now < until);
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
                                   const field_lookup& fields, bool* short_of) {
  std::vector<weighed_arm> out;
  const auto& s = c.settings;
  const auto allowed = [&](const std::string* arm, std::uint32_t cap, std::uint32_t cooldown) {
    return within_limits(q.user, q.under_way, s.id, arm, cap, cooldown, q.now);
  };
  if (!valid_at(q.now, s.valid_from, s.valid_until) || !c.rule.admits(fields)) return out;
  if (!allowed(nullptr, s.cap_per_user_day, s.cooldown_min)) return out;
  const auto segment = name_of(segment_of(q.user, q.now, q.features));
  const auto cart = cart_value(q.user);
  const auto left = s.budget > 0 && q.budgets != nullptr ? q.budgets->of(s.id).left : 0;
  out.reserve(s.arms.size());
  for (std::size_t i = 0; i < s.arms.size(); ++i) {
    const auto& arm = s.arms[i];
    if (!arm.segment.empty() && arm.segment != segment) continue;
    if (cart < arm.min_cart || !valid_at(q.now, arm.valid_from, arm.valid_until)) continue;
    if (!c.arm_rules[i].admits(fields)) continue;
    if (!allowed(&arm.id, arm.cap_per_user_day, arm.cooldown_min)) continue;
    if (spend_of(s, arm) > left) {
      if (short_of != nullptr) *short_of = true;
      continue;
    }
    out.push_back({.index = i});
  }
  return out;
}

result<offer_decision> decide(const campaign& c, const offer_question& q,
                              const offer_population& population, random_source& random) {
  return decide(c, q, population, random.unit());
}

result<offer_decision> decide(const campaign& c, const offer_question& q,
                              const offer_population& population, double unit) {
  const field_lookup fields{q.told, q.user, q.now, q.features};
  auto context = read_context(c, fields);
  if (!context) return context.error();
  bool short_of = false;
  auto arms = open_arms(c, q, fields, &short_of);
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
  // The holdout is told apart before money is: its share stays the same when the budget is out.
  if (served.group == holdout_group && (!arms.empty() || short_of)) {
    served.levels = std::move(context->levels);
    return out;
  }
  const bool spent =
    q.budgets != nullptr && q.budgets->of(c.settings.id).out_version >= c.settings.version;
  if (short_of && !spent)
    return error{ec::not_ready, "budget",
                 "more of the campaign's budget has to come from another shard; try again"};
  if (arms.empty())
    return error{ec::not_found, "",
                 short_of ? "the budget of campaign `" + c.settings.id + "` is spent"
                          : "no offer of this campaign is open to this user now"};
  weigh(arms, {c, policy, *context, q.user, population, q.now});
  served.draw = unit;
  const auto& chosen = draw(arms, unit);
  const auto& arm = c.settings.arms[chosen.index];
  describe(served, c, *context, arms);
  served.arm = arm.id;
  served.propensity = chosen.propensity;
  served.cost = arm.cost;
  served.code = arm.code;
  served.spends = spend_of(c.settings, arm);
  served.arm_cap_day = arm.cap_per_user_day;
  served.arm_cooldown_min = arm.cooldown_min;
  served.cap_day = c.settings.cap_per_user_day;
  served.cooldown_min = c.settings.cooldown_min;
  out.arm = &arm;
  return out;
}

} // namespace riq::engine
