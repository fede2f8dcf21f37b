#include "engine/bandit/policy.hpp"

namespace riq::engine {

void linucb(std::vector<weighed_arm>& arms, const policy_input& in) {
  regress(arms, in);
  for (auto& a : arms) a.propensity = in.policy.floor / static_cast<double>(arms.size());
  share_among_best(arms, 1 - in.policy.floor,
                   [](const weighed_arm& a) { return a.mean + a.deviation; });
}

} // namespace riq::engine
