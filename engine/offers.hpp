#pragma once
// Deciding an offer: which arms are eligible, what is known of each, the policy's choice.

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "config/settings.hpp"
#include "engine/random.hpp"
#include "engine/user_state.hpp"
#include "messages/error.hpp"
#include "messages/item.hpp"

namespace riq::engine {

/// Half-life of what is known of an arm, of a user's and of everybody's: an offer that worked a
/// month ago says little about today's.
inline constexpr double offer_half_life_ms = 14.0 * 86'400'000;

/// Pseudo-counts of the hierarchy. Before anything is known an arm is believed to bring a reward in
/// one of ten servings, as firmly as after ten servings; a level speaks against the one above it as
/// soon as it has as many servings of its own as these.
inline constexpr double prior_mean = 0.1;
inline constexpr double prior_servings = 10;
inline constexpr double level_servings = 20;
inline constexpr double user_servings = 10;

/// What all users together know of the arms: decayed counts by campaign, level and arm. Fed by
/// `session-updates`, merged on every node, read-only for the deciders.
class offer_population {
 public:
  struct counts {
    double served = 0;
    double reward = 0;
    std::int64_t at = 0;
  };
  /// Adds one served or rewarded offer at the population and at each of its levels.
  void apply(const session_update& update);

  /// What is known of the arm at a level (empty: the whole population), decayed to `now`.
  counts of(std::string_view campaign, std::string_view level, std::string_view arm,
            std::int64_t now) const;

 private:
  // (campaign, level, arm) hashed together → counts
  std::unordered_map<std::uint64_t, counts> table_;
};

/// An arm as the policy saw it.
struct weighed_arm {
  const arm_settings* arm = nullptr;
  double mean = 0;       ///< posterior mean reward of this user for it
  double propensity = 0; ///< the policy's probability of choosing it
};

/// The campaign's arms that the user may get at `now`: segment, cart value, validity, caps.
std::vector<weighed_arm> eligible_arms(const campaign_settings& campaign, const user_state& state,
                                       std::int64_t now, const feature_settings& features);

/// Fills mean and propensity. The mean shrinks the user's own decayed counts towards the segment's
/// and those towards the population's (hierarchical Beta prior by pseudo-counts). ε-greedy: the
/// best arms share 1-ε, all share ε; so a propensity is exact, ties included.
void weigh(std::vector<weighed_arm>& arms, const campaign_settings& campaign,
           const user_state& state, const offer_population& population, std::int64_t now,
           const feature_settings& features);

/// Draws an arm by its propensity; arms must not be empty.
const weighed_arm& draw(const std::vector<weighed_arm>& arms, random_source& random);

/// The levels of the hierarchy above the user, as session updates carry them: `segment=active`.
std::vector<std::string> levels_of(const user_state& state, std::int64_t now,
                                   const feature_settings& features);

} // namespace riq::engine
