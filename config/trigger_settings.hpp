#pragma once
// Settings of triggers: which moments are worth calling a shopper back, and who is told of them.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "config/defaults.hpp"
#include "config/fields.hpp"

namespace riq {

enum class trigger_kind : std::uint8_t {
  cart_abandoned,   ///< something is left in the cart
  browse_abandoned, ///< a session of looking ended without a cart and without an order
  price_drop,       ///< of something viewed or left in the cart
  back_in_stock,    ///< likewise
  win_back,         ///< not seen for long
  high_intent       ///< about to buy: at once, while the shopper is there
};
constexpr auto enum_names(trigger_kind) {
  return std::array<std::string_view, 6>{"cart_abandoned", "browse_abandoned", "price_drop",
                                         "back_in_stock",  "win_back",         "high_intent"};
}

/// A rule. The same names are used in the file and in the JSON of /api/triggers/rules.
struct trigger_rule_settings {
  std::string id;
  trigger_kind kind = trigger_kind::cart_abandoned;
  bool enabled = true;
  std::vector<std::string> after;      ///< one duration a step, ascending: `30m`, `24h`, `30d`
  std::vector<std::string> conditions; ///< all must hold: `cart_value >= 50`
  std::string quiet_from;              ///< `22:00` in the user's time zone, empty: never quiet
  std::string quiet_until;
  std::uint32_t late_min = defaults::trigger_late_min;
  std::uint32_t cooldown_hours = 0; ///< between two series of this rule for a user, 0: none
  double min_drop_percent = 5;      ///< of price_drop
  std::uint32_t items = 4;          ///< recommendations it carries, where it has no items itself
  std::string campaign;             ///< whose offer it carries, empty: none
  std::vector<std::string> targets; ///< names of webhooks; empty: the topic only
  static constexpr auto fields() {
    using s = trigger_rule_settings;
    return std::tuple{field("id", &s::id),
                      field("kind", &s::kind),
                      field("enabled", &s::enabled),
                      field("after", &s::after),
                      field("conditions", &s::conditions),
                      field("quiet_from", &s::quiet_from),
                      field("quiet_until", &s::quiet_until),
                      field("late_min", &s::late_min),
                      field("cooldown_hours", &s::cooldown_hours),
                      field("min_drop_percent", &s::min_drop_percent),
                      field("items", &s::items),
                      field("campaign", &s::campaign),
                      field("targets", &s::targets)};
  }
};

/// One receiver of webhooks.
struct webhook_settings {
  std::string name;
  std::string url;    ///< `https://shop.example/hooks/retarget`
  std::string secret; ///< signs the calls; at least 16 characters
  std::uint32_t timeout_ms = defaults::webhook_timeout_ms;
  std::uint32_t in_flight = defaults::webhook_in_flight;
  std::uint32_t max_attempts = defaults::webhook_max_attempts;
  std::uint32_t first_backoff_ms = defaults::webhook_first_backoff_ms;
  std::uint32_t max_backoff_ms = defaults::webhook_max_backoff_ms;
  std::uint32_t give_up_after_min = defaults::webhook_give_up_after_min;
  std::uint32_t breaker_failures = defaults::webhook_breaker_failures;
  std::uint32_t breaker_open_ms = defaults::webhook_breaker_open_ms;
  std::string ca_file; ///< PEM of the authorities trusted for https, empty: the system's
  static constexpr auto fields() {
    using s = webhook_settings;
    return std::tuple{field("name", &s::name),
                      field("url", &s::url),
                      field("secret", &s::secret),
                      field("timeout_ms", &s::timeout_ms),
                      field("in_flight", &s::in_flight),
                      field("max_attempts", &s::max_attempts),
                      field("first_backoff_ms", &s::first_backoff_ms),
                      field("max_backoff_ms", &s::max_backoff_ms),
                      field("give_up_after_min", &s::give_up_after_min),
                      field("breaker_failures", &s::breaker_failures),
                      field("breaker_open_ms", &s::breaker_open_ms),
                      field("ca_file", &s::ca_file)};
  }
};

struct trigger_settings {
  std::string consent = "opt_out"; ///< opt_out: fire unless refused; opt_in: only when given
  std::uint32_t max_per_user_day = defaults::triggers_per_user_day;   ///< 0: any number
  std::uint32_t max_per_user_week = defaults::triggers_per_user_week; ///< 0: any number
  std::uint32_t attribution_hours = defaults::trigger_attribution_hours;
  std::uint32_t spread_sec = defaults::trigger_spread_sec;
  std::string time_zone = "UTC"; ///< of users of whom neither zone nor country is known
  std::uint32_t interest_entries = defaults::interest_entries;
  std::uint32_t interest_per_item = defaults::interest_per_item;
  std::uint32_t kept = defaults::triggers_kept; ///< fired ones that GET /api/triggers knows
  std::vector<webhook_settings> targets;
  std::vector<trigger_rule_settings> rules = default_rules();
  static constexpr auto fields() {
    using s = trigger_settings;
    return std::tuple{field("consent", &s::consent),
                      field("max_per_user_day", &s::max_per_user_day),
                      field("max_per_user_week", &s::max_per_user_week),
                      field("attribution_hours", &s::attribution_hours),
                      field("spread_sec", &s::spread_sec),
                      field("time_zone", &s::time_zone),
                      field("interest_entries", &s::interest_entries),
                      field("interest_per_item", &s::interest_per_item),
                      field("kept", &s::kept),
                      field("targets", &s::targets),
                      field("rules", &s::rules)};
  }
  static std::vector<trigger_rule_settings> default_rules();
};

} // namespace riq
