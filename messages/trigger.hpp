#pragma once
// A trigger that fired, as a fact of the user's log and as what is told about it.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "config/fields.hpp"
#include "config/trigger_settings.hpp"

namespace riq {

/// What the message to the shopper is about.
struct trigger_item {
  std::string product_id;
  std::string title;
  std::uint32_t quantity = 0; ///< in the cart, 0: not there
  double price = 0;           ///< of one piece now, 0: unknown
  double price_before = 0;    ///< as the user saw it, of price_drop
  std::string reason;         ///< of a recommendation
  static constexpr auto fields() {
    using s = trigger_item;
    return std::tuple{field("productId", &s::product_id),     field("title", &s::title),
                      field("quantity", &s::quantity),        field("price", &s::price),
                      field("priceBefore", &s::price_before), field("reason", &s::reason)};
  }
};

/// An event behind it.
struct trigger_cause {
  std::string event; ///< `VIEW`, `ADD_TO_CART`, `ITEM_UPDATE`, …
  std::string product_id;
  std::int64_t time = 0;
  static constexpr auto fields() {
    using s = trigger_cause;
    return std::tuple{field("event", &s::event), field("productId", &s::product_id),
                      field("time", &s::time)};
  }
};

/// What a rule's decision came to.
enum class trigger_verdict : std::uint8_t {
  fire,
  skipped,  ///< came due too long ago, or is not true any more
  deferred, ///< waits for the end of the quiet hours
};
constexpr auto enum_names(trigger_verdict) {
  return std::array<std::string_view, 3>{"fire", "skipped", "deferred"};
}

/// A rule was decided for a user. Applying it says whether it counts: it is void when the user came
/// back since (`seen`), when it was decided before (`rule`, `step`, `about`, `anchor`), and when a
/// cap is reached. So it fires once, and caps hold, whatever was decided twice.
struct trigger_fired {
  std::string rule;
  std::uint64_t version = 0; ///< of the rule: 0 of the configuration, else from the API
  trigger_kind kind = trigger_kind::cart_abandoned;
  std::uint32_t step = 0;  ///< from 0
  std::string about;       ///< product of price_drop and back_in_stock, else empty
  std::int64_t anchor = 0; ///< what armed it: cart time, session number, last event, item update
  std::int64_t due = 0;
  std::int64_t seen = 0; ///< the user's newest event when it was decided
  trigger_verdict verdict = trigger_verdict::fire;
  std::uint32_t cap_day = 0; ///< as configured when it was decided, 0: none
  std::uint32_t cap_week = 0;
  std::int64_t window_ms = 0; ///< for attribution
  std::string reason;         ///< a sentence
  std::vector<trigger_item> items;
  std::vector<trigger_cause> because;
  std::vector<std::string> targets;
  std::string offer;       ///< offer_served in msgpack, empty: it carries none
  std::string offer_shown; ///< JSON as GET /api/offers answers
  static constexpr auto fields() {
    using s = trigger_fired;
    return std::tuple{field("rule", &s::rule),        field("version", &s::version),
                      field("kind", &s::kind),        field("step", &s::step),
                      field("about", &s::about),      field("anchor", &s::anchor),
                      field("due", &s::due),          field("seen", &s::seen),
                      field("verdict", &s::verdict),  field("capDay", &s::cap_day),
                      field("capWeek", &s::cap_week), field("windowMs", &s::window_ms),
                      field("reason", &s::reason),    field("items", &s::items),
                      field("because", &s::because),  field("targets", &s::targets),
                      field("offer", &s::offer),      field("offerShown", &s::offer_shown)};
  }
};

/// What applying an event did about triggers; the shard publishes it behind the event's batch.
struct trigger_note {
  enum class what : std::uint8_t { fired, skipped, capped, no_effect, converted, forgotten };
  what kind = what::fired;
  std::int64_t offset =
    -1; ///< of the trigger_fired, which is the trigger's number in its partition
  std::int64_t time = 0;
  std::string order_id; ///< of converted
  double total = 0;
  std::string decision_id; ///< of converted: whom the order may be credited to, empty: it named one
};

/// A trigger's id: `t3-1287`, partition and offset of its fact in `processed-events`.
inline std::string trigger_id(std::int32_t partition, std::int64_t offset) {
  return "t" + std::to_string(partition) + "-" + std::to_string(offset);
}

} // namespace riq
