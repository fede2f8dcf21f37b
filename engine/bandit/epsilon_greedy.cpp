#include <cmath>

#include "engine/bandit/best_of.hpp"
#include "engine/bandit/policy.hpp"

namespace riq::engine {
namespace {

/// What explores is asked less often than what exploits, so it can afford to look at close rivals
/// only; measured on worlds of known truth (bench/offer_policies).
constexpr double sharpened = 0.6;

} // namespace

void epsilon_greedy(std::vector<weighed_arm>& arms, const policy_input& in) {
  auto epsilon = in.policy.epsilon;
  if (in.policy.epsilon_half_life > 0)
    if (const auto* table = in.population.table(in.of.settings.id, {}))
      epsilon *= std::exp2(-table->all().served / in.policy.epsilon_half_life);
  const auto alike = epsilon * in.policy.uniform_share / static_cast<double>(arms.size());
  const auto directed = epsilon * (1 - in.policy.uniform_share);
  if (directed > 0) {
    std::vector<uncertain> beliefs;
    beliefs.reserve(arms.size());
    for (const auto& a : arms) beliefs.push_back({a.mean, sharpened * a.deviation});
    const auto best = best_of(beliefs);
    for (std::size_t i = 0; i < arms.size(); ++i) arms[i].propensity = directed * best[i];
  }
  for (auto& a : arms) a.propensity += alike;
  share_among_best(arms, 1 - epsilon, [](const weighed_arm& a) { return a.optimistic; });
}

} // namespace riq::engine
