#include "engine/bandit/policy.hpp"

namespace riq::engine {

void uniform(std::vector<weighed_arm>& arms, const policy_input&) {
  for (auto& a : arms) a.propensity = 1 / static_cast<double>(arms.size());
}

} // namespace riq::engine
