#include <algorithm>
#include <cmath>

#include "engine/bandit/policy.hpp"
#include "engine/decay.hpp"

namespace riq::engine {
namespace {

/// The campaign as a whole: where every arm starts.
struct overall {
  double mean = prior_mean;
  double variance = prior_mean * (1 - prior_mean); ///< of one reward
  double hope = 0; ///< what an optimist adds to what is known of an untried arm
};

overall overall_of(const policy_input& in) {
  overall out;
  reward_cell all;
  if (const auto* table = in.population.table(in.of.settings.id, {})) all = table->all();
  if (is_rate(in.of.settings.reward)) {
    out.mean = std::clamp(
      (all.reward + prior_servings * prior_mean) / (all.served + prior_servings), 1e-4, 1 - 1e-4);
    out.variance = out.mean * (1 - out.mean);
  } else {
    // One pseudo-serving of nothing; the scale of amounts is only known from amounts.
    out.mean = all.reward / (all.served + 1);
    const auto second = all.squares / (all.served + 1);
    out.variance = std::max(second - out.mean * out.mean, 1e-12 + 1e-3 * second);
  }
  out.hope = optimism * std::abs(out.mean);
  return out;
}

double shrunk(double reward, double served, double above, double servings) {
  return (reward + servings * above) / (served + servings);
}

const arm_state* own_arm(const user_state& user, const std::string& campaign,
                         const std::string& arm) {
  for (const auto& a : user.bandit.arms)
    if (a.arm == arm && a.campaign == campaign) return &a;
  return nullptr;
}

} // namespace

double reward_deviation(const policy_input& in) {
  return std::sqrt(overall_of(in).variance);
}

void believe(std::vector<weighed_arm>& arms, const policy_input& in) {
  const auto start = overall_of(in);
  const auto& id = in.of.settings.id;
  const auto rate = is_rate(in.of.settings.reward);
  std::vector<const arm_table*> tables{in.population.table(id, {})};
  for (const auto& level : in.context.levels) tables.push_back(in.population.table(id, level));
  for (auto& a : arms) {
    const auto key = in.of.arm_keys[a.index];
    auto mean = start.mean;
    auto optimistic = mean;
    double weight = arm_servings;
    for (std::size_t level = 0; level < tables.size(); ++level) {
      const auto pseudo = level == 0 ? arm_servings : level_servings;
      const auto cell =
        tables[level] == nullptr ? reward_cell{} : tables[level]->as_of(key, in.now);
      // Hope counts at the innermost level only, and fades with the servings there.
      optimistic = shrunk(cell.reward, cell.served, mean + start.hope, pseudo);
      mean = shrunk(cell.reward, cell.served, mean, pseudo);
      weight = cell.served + pseudo;
    }
    if (const auto* own = own_arm(in.user, id, in.of.settings.arms[a.index].id)) {
      const auto factor = halved(in.now - own->at, offer_half_life_ms);
      mean = shrunk(own->reward * factor, own->served * factor, mean, user_servings);
      optimistic = shrunk(own->reward * factor, own->served * factor, optimistic, user_servings);
    }
    // A late record may bring a reward without its serving; a rate stays a rate.
    a.mean = rate ? std::clamp(mean, 0.0, 1.0) : mean;
    a.optimistic = optimistic;
    const auto variance =
      rate ? std::max(a.mean, 1e-4) * (1 - std::min(a.mean, 1 - 1e-4)) : start.variance;
    a.deviation = std::sqrt(variance / (weight + 1));
  }
}

} // namespace riq::engine
