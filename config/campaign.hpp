#pragma once
// What a campaign is: its arms, who may get them, how it chooses and what it learns from. The same
// struct is read from the configuration, from PUT /api/campaigns/{id}, and from `campaign-updates`.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "config/defaults.hpp"
#include "config/fields.hpp"
#include "config/result.hpp"

namespace riq {

enum class policy_kind : std::uint8_t { epsilon_greedy, thompson, linucb, lin_ts, fixed, uniform };
constexpr auto enum_names(policy_kind) {
  return std::array<std::string_view, 6>{"epsilon_greedy", "thompson", "linucb",
                                         "lin_ts",         "fixed",    "uniform"};
}

struct policy_settings {
  policy_kind kind = policy_kind::epsilon_greedy;
  double epsilon = defaults::epsilon;  ///< epsilon_greedy: share of exploration
  std::uint32_t epsilon_half_life = 0; ///< decisions after which it has halved, 0: constant
  double uniform_share = defaults::uniform_share; ///< of the exploration: drawn from all alike
  double floor = defaults::policy_floor; ///< thompson, linucb, lin_ts: share drawn from all alike
  double alpha = defaults::policy_alpha; ///< linucb, lin_ts: width, in standard deviations
  std::string arm;                       ///< fixed: the arm
  static constexpr auto fields() {
    using s = policy_settings;
    return std::tuple{field("kind", &s::kind),
                      field("epsilon", &s::epsilon),
                      field("epsilon_half_life", &s::epsilon_half_life),
                      field("uniform_share", &s::uniform_share),
                      field("floor", &s::floor),
                      field("alpha", &s::alpha),
                      field("arm", &s::arm)};
  }
};

enum class offer_type : std::uint8_t { discount_code, free_shipping, bundle_deal, flash_sale };
constexpr auto enum_names(offer_type) {
  return std::array<std::string_view, 4>{"discount_code", "free_shipping", "bundle_deal",
                                         "flash_sale"};
}

struct arm_settings {
  std::string id;
  offer_type type = offer_type::discount_code;
  std::string code;
  std::string terms;                  ///< a sentence for the shopper
  double value = 0;                   ///< percent off, or the amount
  double cost = 0;                    ///< what an accepted offer costs the shop
  double min_cart = 0;                ///< eligible from this cart value on
  std::string segment;                ///< eligible for this segment only, empty: all
  std::uint32_t cap_per_user_day = 0; ///< 0: no cap
  std::int64_t valid_from = 0;        ///< epoch milliseconds, 0: open
  std::int64_t valid_until = 0;
  std::string eligible;           ///< expression, see docs/offers.md; empty: everybody
  std::uint32_t cooldown_min = 0; ///< minutes between two servings to one user
  bool unique_code = false;       ///< each decision gets a code of its own, to be redeemed once
  std::uint32_t code_hours = 0;   ///< a unique code's validity, 0: the campaign's reward window
  static constexpr auto fields() {
    using s = arm_settings;
    return std::tuple{field("id", &s::id),
                      field("type", &s::type),
                      field("code", &s::code),
                      field("terms", &s::terms),
                      field("value", &s::value),
                      field("cost", &s::cost),
                      field("min_cart", &s::min_cart),
                      field("segment", &s::segment),
                      field("cap_per_user_day", &s::cap_per_user_day),
                      field("valid_from", &s::valid_from),
                      field("valid_until", &s::valid_until),
                      field("eligible", &s::eligible),
                      field("cooldown_min", &s::cooldown_min),
                      field("unique_code", &s::unique_code),
                      field("code_hours", &s::code_hours)};
  }
};

/// What a campaign's budget counts.
enum class budget_unit : std::uint8_t { decisions, cost };
constexpr auto enum_names(budget_unit) {
  return std::array<std::string_view, 2>{"decisions", "cost"};
}

/// Which reward a decision brings; see docs/offers.md.
enum class reward_kind : std::uint8_t { outcome, amount, click, conversion, order_value, margin };
constexpr auto enum_names(reward_kind) {
  return std::array<std::string_view, 6>{"outcome",    "amount",      "click",
                                         "conversion", "order_value", "margin"};
}

/// Whether a reward lies in [0,1].
constexpr bool is_rate(reward_kind r) {
  return r == reward_kind::outcome || r == reward_kind::click || r == reward_kind::conversion;
}

/// An A/B group: a share of the users, always the same ones, whose decisions another policy makes.
struct group_settings {
  std::string name;
  double share = 0; ///< of all users, (0, 1]
  policy_settings policy;
  static constexpr auto fields() {
    using s = group_settings;
    return std::tuple{field("name", &s::name), field("share", &s::share),
                      field("policy", &s::policy)};
  }
};

struct campaign_settings {
  std::string id = "default";
  std::uint32_t version = 1;
  policy_settings policy;
  reward_kind reward = reward_kind::outcome;
  double margin_rate = 1; ///< reward `margin`: of the order's value, before the offer's cost
  std::uint32_t reward_window_hours = defaults::reward_window_hours;
  std::vector<std::string> categorical; ///< context fields, each a level below the one before
  std::vector<std::string> numeric;     ///< context fields, features of the linear policies
  std::string eligible;                 ///< expression, empty: everybody
  std::int64_t valid_from = 0;          ///< epoch milliseconds, 0: open
  std::int64_t valid_until = 0;
  std::int32_t priority = 0;          ///< among campaigns, where none is named: the highest first
  std::uint32_t cap_per_user_day = 0; ///< of all arms together, 0: no cap
  std::uint32_t cooldown_min = 0;     ///< minutes between two offers to one user
  double holdout = 0;                 ///< share of the users who get nothing, for comparison
  std::vector<group_settings> groups; ///< others have `policy`
  std::vector<arm_settings> arms;
  double budget = 0; ///< of all users together, 0: none
  riq::budget_unit budget_unit = riq::budget_unit::decisions;
  static constexpr auto fields() {
    using s = campaign_settings;
    return std::tuple{field("id", &s::id),
                      field("version", &s::version),
                      field("policy", &s::policy),
                      field("reward", &s::reward),
                      field("margin_rate", &s::margin_rate),
                      field("reward_window_hours", &s::reward_window_hours),
                      field("categorical", &s::categorical),
                      field("numeric", &s::numeric),
                      field("eligible", &s::eligible),
                      field("valid_from", &s::valid_from),
                      field("valid_until", &s::valid_until),
                      field("priority", &s::priority),
                      field("cap_per_user_day", &s::cap_per_user_day),
                      field("cooldown_min", &s::cooldown_min),
                      field("holdout", &s::holdout),
                      field("groups", &s::groups),
                      field("arms", &s::arms),
                      field("budget", &s::budget),
                      field("budget_unit", &s::budget_unit)};
  }
};

namespace bounds {
inline constexpr std::size_t campaign_arms = 200;
inline constexpr std::size_t campaign_fields = 16; ///< of each kind of context field
inline constexpr std::size_t campaign_groups = 16;
inline constexpr std::size_t name_bytes = 128;
} // namespace bounds

/// What is wrong with a campaign: `where` is a JSON pointer into it (`/arms/2/id`), empty for the
/// whole. Expressions are checked where they are compiled (engine/bandit/eligibility.hpp).
std::optional<config_error> check_campaign(const campaign_settings& c);

} // namespace riq
