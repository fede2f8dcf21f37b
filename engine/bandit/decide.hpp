#pragma once
// One decision from beginning to end: who may get what, what is known, the draw. It changes
// nothing: what was decided counts when its record comes through the log.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "config/settings.hpp"
#include "engine/bandit/limits.hpp"
#include "engine/bandit/policy.hpp"
#include "messages/event.hpp"
#include "messages/offer_context.hpp"
#include "messages/text_map.hpp"

namespace riq::engine {

/// What is left on the user's shard of the campaigns' budgets, in millionths, and which have no
/// more to lease.
struct budget_view {
  struct line {
    std::int64_t left = 0;
    std::uint32_t out_version = 0; ///< with this version of the campaign nothing was left
  };
  text_map<line> lines;

  line of(std::string_view campaign) const {
    const auto at = lines.find(campaign);
    return at == lines.end() ? line{} : at->second;
  }
};

/// Whom a decision is for.
struct offer_question {
  const user_state& user;
  std::span<const decision_under_way> under_way;
  std::span<const context_value> told;
  std::int64_t now = 0;
  const feature_settings& features;
  const budget_view* budgets = nullptr; ///< null: nothing is left of any
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
/// eligibility, caps and cool-downs. `short_of`, when given, is set when an arm is only closed
/// because too little of the budget is left on the shard.
std::vector<weighed_arm> open_arms(const campaign& c, const offer_question& q,
                                   const field_lookup& fields, bool* short_of = nullptr);

/// The decision but for its id, and the arm that was drawn (null for the holdout). `ec::not_found`
/// when nothing is open to the user. `ec::not_ready` with field `budget` when the shard has to
/// lease more of the campaign's budget first.
struct offer_decision {
  offer_served served;
  const arm_settings* arm = nullptr;
};
result<offer_decision> decide(const campaign& c, const offer_question& q,
                              const offer_population& population, random_source& random);

/// The same with the random number in [0,1) that draws: what the log has of a decision makes it
/// again, to the same bits.
result<offer_decision> decide(const campaign& c, const offer_question& q,
                              const offer_population& population, double unit);

} // namespace riq::engine
