#include "engine/bandit/off_policy.hpp"

#include <algorithm>
#include <cmath>

#include "engine/bandit/policy.hpp"

namespace riq::engine {
namespace {

constexpr double z_95 = 1.959964;
constexpr double alpha = 0.05;
constexpr double most_unsupported = 0.01;
constexpr double least_effective = 30;

struct moments {
  double n = 0;
  double sum = 0;
  double squares = 0;
  void add(double x) {
    n += 1;
    sum += x;
    squares += x * x;
  }
  double mean() const { return n > 0 ? sum / n : 0; }
  double variance() const { return n > 0 ? std::max(0.0, squares / n - mean() * mean()) : 0; }
  estimate interval() const {
    const auto half = n > 0 ? z_95 * std::sqrt(variance() / n) : 0;
    return {mean(), mean() - half, mean() + half};
  }
};

/// The logged decision as an update of the population; only the fields that differ are changed.
void learn(offer_population& population, session_update& update, const logged_decision& d) {
  update.kind = session_update::what::offer_served;
  update.time = d.time;
  update.arm = d.arm;
  update.levels = d.levels;
  update.features = d.features;
  update.layout = d.layout;
  population.apply(update);
  update.kind = session_update::what::offer_rewarded;
  update.reward = d.reward;
  population.apply(update);
}

/// The target's probability of each logged arm, in their order; arms that the campaign does not
/// have any more get none.
std::vector<double> target_propensities(const campaign& target, const logged_decision& d,
                                        const offer_population& population) {
  static const user_state nobody;
  std::vector<weighed_arm> arms;
  std::vector<std::size_t> place;
  for (std::size_t i = 0; i < d.arms.size(); ++i) {
    const auto at = std::ranges::find(target.settings.arms, d.arms[i], &arm_settings::id);
    if (at == target.settings.arms.end()) continue;
    arms.push_back({.index = static_cast<std::size_t>(at - target.settings.arms.begin())});
    place.push_back(i);
  }
  std::vector<double> out(d.arms.size());
  if (arms.empty()) return out;
  const decision_context context{d.levels, d.features};
  weigh(arms, {target, target.settings.policy, context, nobody, population, d.time});
  for (std::size_t i = 0; i < arms.size(); ++i) out[place[i]] = arms[i].propensity;
  return out;
}

} // namespace

evaluation evaluate(const campaign& target, const std::vector<logged_decision>& log) {
  evaluation out;
  offer_population population;
  session_update update;
  update.campaign = target.settings.id;
  moments logged, ips, robust, inverse, arms, outside;
  double weights = 0, weight_squares = 0, weighted = 0;
  std::vector<std::pair<double, double>> kept; // weight and reward, for the variance of SNIPS
  for (const auto& d : log) {
    if (d.arm.empty() || d.propensity <= 0 || d.means.size() != d.arms.size() ||
        d.propensities.size() != d.arms.size())
      continue;
    const auto wanted = target_propensities(target, d, population);
    double of_chosen = 0, expected = 0, expected_of_chosen = 0, unsupported = 0, total = 0;
    for (std::size_t i = 0; i < d.arms.size(); ++i) {
      total += wanted[i];
      if (d.propensities[i] <= 0) unsupported += wanted[i];
      expected += wanted[i] * d.means[i];
      if (d.arms[i] != d.arm) continue;
      of_chosen = wanted[i];
      expected_of_chosen = d.means[i];
    }
    const auto w = of_chosen / d.propensity;
    logged.add(d.reward);
    ips.add(w * d.reward);
    robust.add(expected + w * (d.reward - expected_of_chosen));
    inverse.add(1 / d.propensity);
    arms.add(static_cast<double>(d.arms.size()));
    outside.add(unsupported + 1 - total);
    weights += w;
    weight_squares += w * w;
    weighted += w * d.reward;
    kept.emplace_back(w, d.reward);
    learn(population, update, d);
  }
  out.decisions = static_cast<std::uint64_t>(logged.n);
  out.logged = logged.interval();
  out.mean_inverse_propensity = inverse.mean();
  out.mean_arms = arms.mean();
  out.unsupported = outside.mean();
  out.effective_sample_size = weight_squares > 0 ? weights * weights / weight_squares : 0;
  if (out.unsupported > most_unsupported)
    out.refused = "the policy makes choices that the log never could: no support";
  else if (out.effective_sample_size < least_effective)
    out.refused = "too few logged decisions speak for the policy";
  if (!out.refused.empty()) return out;
  out.ips = ips.interval();
  out.doubly_robust = robust.interval();
  const auto value = weighted / weights;
  double spread = 0;
  for (const auto& [w, reward] : kept) spread += w * w * (reward - value) * (reward - value);
  const auto half = z_95 * std::sqrt(spread) / weights;
  out.snips = {value, value - half, value + half};
  return out;
}

std::map<std::string, group_result> compare_groups(const std::vector<logged_decision>& log) {
  std::map<std::string, moments> sums;
  for (const auto& d : log) sums[d.group.empty() ? "policy" : d.group].add(d.reward);
  std::map<std::string, group_result> out;
  for (const auto& [group, m] : sums) {
    // The mixture's scale, chosen so that the interval is tightest around a thousand decisions.
    constexpr double tight_at = 1'000;
    const auto rho2 = (2 * std::log(1 / alpha) + std::log(1 + 2 * std::log(1 / alpha))) / tight_at;
    const auto scaled = m.n * rho2 + 1;
    const auto half = std::sqrt(m.variance()) * std::sqrt(2 * scaled / (m.n * m.n * rho2) *
                                                          std::log(std::sqrt(scaled) / alpha));
    out[group] = {static_cast<std::uint64_t>(m.n), {m.mean(), m.mean() - half, m.mean() + half}};
  }
  return out;
}

} // namespace riq::engine
