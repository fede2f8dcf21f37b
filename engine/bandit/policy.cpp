#include "engine/bandit/policy.hpp"

#include <algorithm>
#include <cmath>

namespace riq::engine {

void weigh(std::vector<weighed_arm>& arms, const policy_input& in) {
  if (arms.empty()) return;
  believe(arms, in);
  for (auto& a : arms) a.propensity = 0;
  switch (in.policy.kind) {
  case policy_kind::epsilon_greedy:
    return epsilon_greedy(arms, in);
  case policy_kind::thompson:
    return thompson(arms, in);
  case policy_kind::linucb:
    return linucb(arms, in);
  case policy_kind::lin_ts:
    return lin_ts(arms, in);
  case policy_kind::fixed:
    return fixed(arms, in);
  case policy_kind::uniform:
    return uniform(arms, in);
  }
}

const weighed_arm& draw(const std::vector<weighed_arm>& arms, double unit) {
  for (const auto& a : arms) {
    unit -= a.propensity;
    if (unit < 0) return a;
  }
  // Rounding left a sliver: it belongs to the last arm that can be drawn at all.
  const auto at =
    std::find_if(arms.rbegin(), arms.rend(), [](const weighed_arm& a) { return a.propensity > 0; });
  return at == arms.rend() ? arms.back() : *at;
}

void share_among_best(std::vector<weighed_arm>& arms, double share,
                      double (*value)(const weighed_arm&)) {
  auto best = value(arms.front());
  for (const auto& a : arms) best = std::max(best, value(a));
  // Sums in another order differ in the last bits; such arms are equally good.
  const auto tied = [&](const weighed_arm& a) {
    return value(a) >= best - 1e-12 * std::max(1.0, std::abs(best));
  };
  const auto ties = static_cast<double>(std::ranges::count_if(arms, tied));
  for (auto& a : arms)
    if (tied(a)) a.propensity += share / ties;
}

void regress(std::vector<weighed_arm>& arms, const policy_input& in) {
  // Without numeric fields the regression is of the constant alone.
  static const feature_vector constant{1};
  const auto& x = in.context.features.empty() ? constant : in.context.features;
  const auto spread = reward_deviation(in);
  double untried = 0;
  for (const auto v : x) untried += v * v;
  for (auto& a : arms) {
    const auto* model =
      in.population.linear(in.of.settings.id, in.of.layout, in.of.arm_keys[a.index]);
    const auto known = model != nullptr && model->dimension() == x.size();
    a.mean = known ? model->mean(x) : 0;
    a.deviation = in.policy.alpha * spread * std::sqrt(known ? model->variance(x) : untried);
  }
}

} // namespace riq::engine
