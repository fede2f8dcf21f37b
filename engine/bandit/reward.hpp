#pragma once
// What a decision's outcome is worth.

#include <optional>
#include <string_view>

#include "config/campaign.hpp"

namespace riq::engine {

/// How the campaign of a decision rewards it.
struct reward_rule {
  reward_kind kind = reward_kind::outcome;
  double cost = 0; ///< of the arm
  double margin_rate = 1;
};

/// The reward that an outcome told over HTTP stands for, nothing when it says nothing about it: who
/// waits for a conversion has learned nothing from a click.
std::optional<double> reward_of_outcome(const reward_rule& rule, double told,
                                        std::string_view outcome);

/// The reward of a completed order with this total that names the decision.
double reward_of_order(const reward_rule& rule, double total);

} // namespace riq::engine
