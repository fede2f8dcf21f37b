#include <algorithm>

#include "engine/bandit/policy.hpp"

namespace riq::engine {

void fixed(std::vector<weighed_arm>& arms, const policy_input& in) {
  const auto at = std::ranges::find_if(
    arms, [&](const auto& a) { return in.of.settings.arms[a.index].id == in.policy.arm; });
  if (at == arms.end()) return uniform(arms, in);
  at->propensity = 1;
}

} // namespace riq::engine
