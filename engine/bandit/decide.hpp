#pragma once
// One decision from beginning to end: who may get what, what is known, the draw. It changes
// nothing: what was decided counts when its record comes through the log.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "config/settings.hpp"
#include "engine/bandit/policy.hpp"
#include "messages/event.hpp"
#include "messages/offer_context.hpp"

namespace riq::engine {

/// A decision that was made but has not come back through the log: caps count it already.
struct decision_under_way {
  std::uint64_t key = 0; ///< hash of the decision id
  std::string campaign;
  std::string arm;
  std::int64_t time = 0;
};

/// Whom a decision is for.
struct offer_question {
  const user_state& user;
  std::span<const decision_under_way> under_way;
  std::span<const context_value> told;
  std::int64_t now = 0;
  const feature_settings& features;
};

inline constexpr std::string_view holdout_group = "holdout";

/// The user's group in the campaign's A/B test: a name, or empty for those that `policy` decides.
/// The same for as long as the shares stay, and a share that grows keeps those it had.
std::string_view group_of(const campaign_settings& c, std::string_view user_id);
const policy_settings& policy_of(const campaign_settings& c, std::string_view group);

/// The levels and features that the campaign names. `ec::invalid` with field `context.NAME` for a
/// number where a text is needed, or the other way round.
result<decision_context> read_context(const campaign& c, const field_lookup& fields);

/// The campaign's arms that the user may get now; empty outside of the campaign's validity, its
/// eligibility, caps and cool-downs.
std::vector<weighed_arm> open_arms(const campaign& c, const offer_question& q,
                                   const field_lookup& fields);

/// The decision but for its id, and the arm that was drawn (null for the holdout). `ec::not_found`
/// when nothing is open to the user.
struct offer_decision {
  offer_served served;
  const arm_settings* arm = nullptr;
};
result<offer_decision> decide(const campaign& c, const offer_question& q,
                              const offer_population& population, random_source& random);

} // namespace riq::engine
