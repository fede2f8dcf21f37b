#include <algorithm>

#include "engine/bandit/best_of.hpp"
#include "engine/bandit/policy.hpp"

namespace riq::engine {

void lin_ts(std::vector<weighed_arm>& arms, const policy_input& in) {
  regress(arms, in);
  std::vector<uncertain> beliefs;
  beliefs.reserve(arms.size());
  for (const auto& a : arms) beliefs.push_back({a.mean, std::max(a.deviation, 1e-12)});
  const auto best = best_of(beliefs);
  const auto alike = in.policy.floor / static_cast<double>(arms.size());
  for (std::size_t i = 0; i < arms.size(); ++i)
    arms[i].propensity = alike + (1 - in.policy.floor) * best[i];
}

} // namespace riq::engine
