#pragma once
// Which triggers are armed for a user, when they come due and what keeps them back. All is derived
// from the state and the rules: a timer has no storage of its own, and a rule that is changed
// changes what is armed. Pure.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.hpp"
#include "engine/triggers/registry.hpp"
#include "engine/triggers/zones.hpp"
#include "engine/user_state.hpp"

namespace riq::engine {

/// What decisions about triggers read beside the state.
struct trigger_world {
  const trigger_registry& rules;
  const trigger_settings& settings;
  const feature_settings& features;
  const time_zones* zones = nullptr; ///< null: everybody lives in UTC
};

/// Why an armed trigger will not fire when it is due, as far as the state can tell now.
enum class hindrance : std::uint8_t { none, consent, condition, cap, cooldown, quiet };
constexpr auto enum_names(hindrance) {
  return std::array<std::string_view, 6>{"none", "consent",  "condition",
                                         "cap",  "cooldown", "quiet"};
}

struct armed_trigger {
  const trigger_rule* rule = nullptr; ///< of the registry that was asked
  std::uint32_t step = 0;
  std::int64_t anchor = 0;
  std::int64_t due = 0;
  std::string about;
  double price_before = 0;
  bool fresh = false; ///< of a change just now: the item model may not have it yet …
  double price = 0;   ///< … but this is the item's price, 0: as the model says
  hindrance why = hindrance::none;
  std::string detail; ///< the condition that does not hold
};

/// The timers that are armed, hindered ones included, by rule.
std::vector<armed_trigger> armed_timers(const user_state& state, const trigger_world& world);

/// When the earliest unhindered one is due, 0: never.
std::int64_t next_trigger_due(const user_state& state, const trigger_world& world);

/// Rules of high intent that hold at `now` and were not decided in this session.
std::vector<armed_trigger> high_intent(const user_state& state, const trigger_world& world,
                                       std::int64_t now);

/// A change of an item, as the shard saw it in the catalogue's log.
struct item_change {
  std::string product_id;
  double price = 0; ///< 0: unknown
  bool in_stock = true;
  bool came_back = false;  ///< it was out of stock before
  std::int64_t number = 0; ///< its offset, which ascends for an item
};

/// Rules that the change concerns for this user; `why` is quiet where it has to wait, with the time
/// in `due`.
std::vector<armed_trigger> triggers_of(const item_change& change, const user_state& state,
                                       const trigger_world& world, std::int64_t now);

/// What the user last saw as the price of the item, in the cart or on a page; 0: never.
struct seen_price {
  double price = 0;
  std::int64_t time = 0;
};
seen_price price_seen(const user_state& state, std::string_view product);

// conditions.cpp

/// The first condition that does not hold at `at`, or null.
const trigger_condition* first_unmet(const trigger_rule& rule, const user_state& state,
                                     std::int64_t at, const feature_settings& features);

// quiet_hours.cpp

/// `at`, or the end of the quiet hours it falls into, spread over some minutes by the user's id.
std::int64_t after_quiet_hours(std::int64_t at, const trigger_rule& rule, const user_state& state,
                               const trigger_world& world);

} // namespace riq::engine
