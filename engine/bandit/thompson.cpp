#include <algorithm>
#include <cmath>

#include "engine/bandit/best_of.hpp"
#include "engine/bandit/policy.hpp"

namespace riq::engine {
namespace {

/// A Beta posterior is close to normal, with a variance that hardly depends on its mean, on the
/// scale of arcsin √p (Anscombe, Biometrika 35, 1948); comparisons are the same on any such scale.
uncertain stabilised(const weighed_arm& a) {
  const auto servings = a.mean * (1 - a.mean) / (a.deviation * a.deviation);
  const auto p = std::clamp((a.mean * servings + 0.125) / (servings + 0.25), 0.0, 1.0);
  return {std::asin(std::sqrt(p)), 0.5 / std::sqrt(servings + 0.5)};
}

} // namespace

void thompson(std::vector<weighed_arm>& arms, const policy_input& in) {
  const auto rate = is_rate(in.of.settings.reward);
  std::vector<uncertain> beliefs;
  beliefs.reserve(arms.size());
  for (const auto& a : arms)
    beliefs.push_back(rate ? stabilised(a) : uncertain{a.mean, a.deviation});
  const auto best = best_of(beliefs);
  const auto alike = in.policy.floor / static_cast<double>(arms.size());
  for (std::size_t i = 0; i < arms.size(); ++i)
    arms[i].propensity = alike + (1 - in.policy.floor) * best[i];
}

} // namespace riq::engine
