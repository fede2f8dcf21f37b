#include "engine/bandit/reward.hpp"

#include <algorithm>

namespace riq::engine {

std::optional<double> reward_of_outcome(const reward_rule& rule, double told,
                                        std::string_view outcome) {
  const bool sold = outcome != "click";
  switch (rule.kind) {
  case reward_kind::outcome:
    return std::clamp(told, 0.0, 1.0);
  case reward_kind::amount:
    return told;
  case reward_kind::click:
    return told > 0 ? 1 : 0;
  case reward_kind::conversion:
    if (!sold) return {};
    return told > 0 ? 1 : 0;
  case reward_kind::order_value:
    if (!sold) return {};
    return told;
  case reward_kind::margin:
    if (!sold) return {};
    return told > 0 ? told * rule.margin_rate - rule.cost : told;
  }
  return {};
}

double reward_of_order(const reward_rule& rule, double total) {
  switch (rule.kind) {
  case reward_kind::amount:
  case reward_kind::order_value:
    return total;
  case reward_kind::margin:
    return total * rule.margin_rate - rule.cost;
  default:
    return 1;
  }
}

} // namespace riq::engine
