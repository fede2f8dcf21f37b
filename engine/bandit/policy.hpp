#pragma once
// The policies. Each turns what is known of the open arms into the probability of choosing each;
// the choice is a draw by these, so a propensity is exact whatever was approximated on the way.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/bandit/campaign.hpp"
#include "engine/bandit/population.hpp"
#include "engine/random.hpp"
#include "engine/user_state.hpp"

namespace riq::engine {

/// Pseudo-counts of the hierarchy. A level speaks against the one above it as soon as it has as
/// many servings of its own as these. One user's own experience is thin and mostly luck: a single
/// click among a handful of servings must not outweigh thousands of others'.
inline constexpr double prior_mean = 0.1; ///< of a rate, before anything is known
inline constexpr double prior_servings = 10;
inline constexpr double arm_servings = 20;
inline constexpr double level_servings = 14;
inline constexpr double user_servings = 1'000;
/// At each level an arm starts out believed better than what is known above it by this many times
/// the campaign's mean, so that all are tried there, the promising ones first (optimistic initial
/// values; Sutton and Barto, Reinforcement Learning, 2nd ed., 2.6).
inline constexpr double optimism = 2;

/// An arm as the policy saw it.
struct weighed_arm {
  std::size_t index = 0; ///< in the campaign's settings
  double mean = 0;       ///< expected reward
  double deviation = 0;  ///< of that expectation
  double optimistic = 0; ///< the mean from an optimistic start; greedy choices compare this
  double propensity = 0; ///< the policy's probability of choosing it
};

/// Where a decision stands.
struct decision_context {
  std::vector<std::string> levels; ///< the hierarchy above the user, outermost first
  feature_vector features;         ///< 1 and the numeric fields; empty without numeric fields
};

/// What the policies read.
struct policy_input {
  const campaign& of;
  const policy_settings& policy;
  const decision_context& context;
  const user_state& user;
  const offer_population& population;
  std::int64_t now = 0;
};

/// posterior.cpp: fills mean, deviation and optimistic. Each level of the hierarchy is shrunk
/// towards the one above it by pseudo-counts: campaign, arm, levels, user (empirical Bayes; Efron
/// and Morris, JASA 70, 1975, with fixed strengths).
void believe(std::vector<weighed_arm>& arms, const policy_input& in);

/// The spread of the campaign's rewards, a standard deviation.
double reward_deviation(const policy_input& in);

// One file each. They fill `propensity`; believe() came before.

/// The best arms share 1-ε, ties uniformly. Of ε, `uniform_share` goes to all arms alike and the
/// rest to each in proportion to the probability that it is the best one.
void epsilon_greedy(std::vector<weighed_arm>& arms, const policy_input& in);
/// The probability that an arm is the best one, for Beta posteriors (rates) or normal ones
/// (amounts), mixed with `floor` over all.
void thompson(std::vector<weighed_arm>& arms, const policy_input& in);
/// The arms with the highest upper bound of a ridge regression share 1-floor (Li, Chu, Langford,
/// Schapire, WWW 2010: disjoint linear models).
void linucb(std::vector<weighed_arm>& arms, const policy_input& in);
/// Thompson sampling with the same regressions (Agrawal and Goyal, ICML 2013).
void lin_ts(std::vector<weighed_arm>& arms, const policy_input& in);
/// One arm always; the others only where it is not open.
void fixed(std::vector<weighed_arm>& arms, const policy_input& in);
void uniform(std::vector<weighed_arm>& arms, const policy_input& in);

/// Believes, then applies the policy.
void weigh(std::vector<weighed_arm>& arms, const policy_input& in);

/// Draws an arm by its propensity with a number uniform in [0,1); arms must not be empty.
const weighed_arm& draw(const std::vector<weighed_arm>& arms, double unit);

// Shared by the policies (policy.cpp).

/// Gives `share` to the arms with the highest `value`, in equal parts, on top of what they have.
void share_among_best(std::vector<weighed_arm>& arms, double share,
                      double (*value)(const weighed_arm&));
/// Replaces mean and deviation by the regression's.
void regress(std::vector<weighed_arm>& arms, const policy_input& in);

} // namespace riq::engine
