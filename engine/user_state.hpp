#pragma once
// The persisted state of one user: everything a decision about them needs. Plain data; the
// transitions are in apply.hpp. Version rule: fields are only appended (see config/fields.hpp).
//
// Sizes: about 0.7 KB for a user of one session, at most some 40 KB for the busiest (every list
// has a bound below).

#include <array>
#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "config/fields.hpp"
#include "engine/cart_state.hpp"
#include "engine/counted_state.hpp"
#include "messages/event.hpp"
#include "messages/item.hpp"
#include "messages/rare.hpp"

namespace riq {

namespace bounds {
inline constexpr std::size_t recent_ids = 128; ///< event ids remembered against retries
inline constexpr std::size_t touches = 100;    ///< recent items with kind and time
inline constexpr std::size_t seen = 1'000;     ///< hashed ids of items met
inline constexpr std::size_t purchased = 200;
inline constexpr std::size_t cart_lines = 100;
inline constexpr std::size_t cart_removals = 16; ///< products
inline constexpr std::size_t tastes = 16;        ///< categories and brands with weight
inline constexpr std::size_t searches = 10;
inline constexpr std::size_t open_orders = 20;
inline constexpr std::size_t order_items = 64; ///< whose purchase a cancellation takes back
inline constexpr std::size_t arms = 256;       ///< more than a campaign has, so that caps are kept
inline constexpr std::size_t pending_decisions = 32;
inline constexpr std::size_t redeemed_codes = 64; ///< still valid ones
inline constexpr std::size_t void_decisions = 32; ///< the newest
inline constexpr std::size_t producers = 8;
inline constexpr std::size_t trigger_marks = 48;
inline constexpr std::size_t trigger_contacts = 8;
inline constexpr std::size_t deferred_triggers = 8;
} // namespace bounds

/// A count that belongs to a UTC day (days since the epoch).
struct day_count {
  std::int32_t day = 0;
  std::uint32_t count = 0;
  double amount = 0; ///< money, where it applies
  static constexpr auto fields() {
    return std::tuple{field("day", &day_count::day), field("count", &day_count::count),
                      field("amount", &day_count::amount)};
  }
};

/// How far an import has come for this user, by raw topic.
struct producer_progress {
  std::string producer;
  std::array<std::int64_t, source_count> sequence{};
  static constexpr auto fields() {
    return std::tuple{field("producer", &producer_progress::producer),
                      field("sequence", &producer_progress::sequence)};
  }
};

/// The newest contact of a kind with an item, oldest first in the list.
struct touch {
  std::string product_id;
  touch_kind kind = touch_kind::view;
  std::int64_t time = 0;
  std::uint32_t count = 1;   ///< contacts of this kind in a row
  std::uint32_t session = 0; ///< the user's number of the session
  double price = 0;          ///< as the newest contact told it, 0: never
  static constexpr auto fields() {
    return std::tuple{field("productId", &touch::product_id),
                      field("kind", &touch::kind),
                      field("time", &touch::time),
                      field("count", &touch::count),
                      field("session", &touch::session),
                      field("price", &touch::price)};
  }
};

/// A weight that halves every `engine` half-life; `at` is when it was last brought up to date.
struct taste {
  std::string name;
  double weight = 0;
  std::int64_t at = 0;
  static constexpr auto fields() {
    return std::tuple{field("name", &taste::name), field("weight", &taste::weight),
                      field("at", &taste::at)};
  }
};

struct session {
  std::string id;           ///< the shop's, may be empty
  std::uint32_t number = 0; ///< 1 for the user's first session; 0: none yet
  std::int64_t started = 0;
  std::int64_t last = 0;
  std::uint32_t events = 0;
  static constexpr auto fields() {
    return std::tuple{field("id", &session::id), field("number", &session::number),
                      field("started", &session::started), field("last", &session::last),
                      field("events", &session::events)};
  }
};

/// An order that can still be cancelled.
struct known_order {
  std::string order_id;
  order_status status = order_status::completed;
  std::int64_t time = 0;
  double total = 0;
  std::uint32_t units = 0;
  /// Hashes of the products that were bought by this order, or by others of these, only: what its
  /// cancellation takes back.
  std::vector<std::uint64_t> bought;
  static constexpr auto fields() {
    using s = known_order;
    return std::tuple{field("orderId", &s::order_id), field("status", &s::status),
                      field("time", &s::time),        field("total", &s::total),
                      field("units", &s::units),      field("bought", &s::bought)};
  }
};

/// One arm of one campaign for this user.
struct arm_state {
  std::string campaign;
  std::string arm;
  double served = 0; ///< decayed counts
  double reward = 0;
  std::int64_t at = 0;
  std::int32_t day = 0; ///< of `served_today`
  std::uint32_t served_today = 0;
  std::int64_t last_served = 0;
  static constexpr auto fields() {
    using s = arm_state;
    return std::tuple{field("campaign", &s::campaign),
                      field("arm", &s::arm),
                      field("served", &s::served),
                      field("reward", &s::reward),
                      field("at", &s::at),
                      field("day", &s::day),
                      field("servedToday", &s::served_today),
                      field("lastServed", &s::last_served)};
  }
};

/// A decision that awaits its reward. It is rewarded at most once and forgotten when its window
/// closed.
struct pending_decision {
  std::uint64_t key = 0; ///< hash of the decision id
  std::string campaign;
  std::string arm;
  double propensity = 1;
  std::int64_t time = 0;
  bool rewarded = false;
  double reward = 0;
  std::vector<std::string> levels; ///< above the user when it was served: a reward goes there too
  std::vector<double> features;    ///< what a linear policy saw
  std::uint64_t layout = 0;
  reward_kind kind = reward_kind::outcome; ///< what its reward is made of, see offer_credit.cpp
  double cost = 0;
  double margin_rate = 1;
  std::uint32_t window_hours = 0; ///< 0: the default
  static constexpr auto fields() {
    using s = pending_decision;
    return std::tuple{field("key", &s::key),
                      field("campaign", &s::campaign),
                      field("arm", &s::arm),
                      field("propensity", &s::propensity),
                      field("time", &s::time),
                      field("rewarded", &s::rewarded),
                      field("reward", &s::reward),
                      field("levels", &s::levels),
                      field("features", &s::features),
                      field("layout", &s::layout),
                      field("kind", &s::kind),
                      field("cost", &s::cost),
                      field("marginRate", &s::margin_rate),
                      field("windowHours", &s::window_hours)};
  }
};

/// A unique code that was redeemed, kept until it would have expired.
struct redeemed_code {
  std::uint64_t decision = 0; ///< hash of the decision id
  std::int64_t time = 0;
  std::int64_t expires = 0;
  std::uint64_t claim = 0; ///< see offer_redeemed
  static constexpr auto fields() {
    using s = redeemed_code;
    return std::tuple{field("decision", &s::decision), field("time", &s::time),
                      field("expires", &s::expires), field("claim", &s::claim)};
  }
};

struct bandit_state {
  std::vector<arm_state> arms;
  std::vector<pending_decision> pending;
  std::vector<redeemed_code> redeemed;
  std::vector<std::uint64_t> voided; ///< decisions that were over a limit, oldest first
  std::int64_t clock = 0;            ///< the newest time at which something of these expired
  static constexpr auto fields() {
    using s = bandit_state;
    return std::tuple{field("arms", &s::arms), field("pending", &s::pending),
                      field("redeemed", &s::redeemed), field("voided", &s::voided),
                      field("clock", &s::clock)};
  }
};

/// That a rule was decided for this user: the newest anchor of each rule, step and item.
struct trigger_mark {
  std::string rule;
  std::uint32_t step = 0;
  std::string about;
  std::int64_t anchor = 0;
  std::int64_t time = 0;
  double price = 0; ///< that the user was told of, of price_drop
  static constexpr auto fields() {
    using s = trigger_mark;
    return std::tuple{field("rule", &s::rule),   field("step", &s::step),
                      field("about", &s::about), field("anchor", &s::anchor),
                      field("time", &s::time),   field("price", &s::price)};
  }
};

/// A trigger that went out and may still bring an order.
struct trigger_contact {
  std::int64_t offset = -1; ///< of its fact: its number in the user's partition
  std::string rule;
  trigger_kind kind = trigger_kind::cart_abandoned;
  std::int64_t time = 0;
  std::int64_t until = 0;  ///< an order up to then is its conversion
  std::string decision_id; ///< of the offer it carried, may be empty
  bool converted = false;
  static constexpr auto fields() {
    using s = trigger_contact;
    return std::tuple{field("offset", &s::offset),      field("rule", &s::rule),
                      field("kind", &s::kind),          field("time", &s::time),
                      field("until", &s::until),        field("decisionId", &s::decision_id),
                      field("converted", &s::converted)};
  }
};

/// A change of an item, or a step that is late, that waits for the end of the user's quiet hours.
struct deferred_trigger {
  std::string rule;
  std::string about; ///< empty: a step
  std::int64_t anchor = 0;
  std::int64_t due = 0;
  double price_before = 0;
  static constexpr auto fields() {
    using s = deferred_trigger;
    return std::tuple{field("rule", &s::rule), field("about", &s::about),
                      field("anchor", &s::anchor), field("due", &s::due),
                      field("priceBefore", &s::price_before)};
  }
};

enum class consent : std::uint8_t { unknown, given, refused };
constexpr auto enum_names(consent) {
  return std::array<std::string_view, 3>{"unknown", "given", "refused"};
}

struct trigger_state {
  std::vector<trigger_mark> marks;
  std::vector<trigger_contact> contacts;
  std::vector<deferred_trigger> deferred;
  std::vector<day_count> days; ///< that went out by day, the last 8 days
  std::string time_zone;       ///< as an event's properties told it, may be empty
  riq::consent consent = riq::consent::unknown;
  std::int64_t consent_at = 0;   ///< time of the event that told it
  std::int64_t time_zone_at = 0; ///< likewise
  bool empty() const {
    return marks.empty() && contacts.empty() && deferred.empty() && days.empty() &&
           time_zone.empty() && consent == riq::consent::unknown;
  }
  static constexpr auto fields() {
    using s = trigger_state;
    return std::tuple{field("marks", &s::marks),          field("contacts", &s::contacts),
                      field("deferred", &s::deferred),    field("days", &s::days),
                      field("timeZone", &s::time_zone),   field("consent", &s::consent),
                      field("consentAt", &s::consent_at), field("timeZoneAt", &s::time_zone_at)};
  }
};

/// Running totals since the user was first seen; they only grow (cancellations are counted).
struct totals {
  std::uint64_t events = 0;               ///< activities, orders, offers served and rewarded
  std::array<std::uint64_t, 7> by_type{}; ///< by activity_type
  std::uint64_t orders = 0;
  std::uint64_t cancellations = 0;
  std::uint64_t units = 0;
  double spent = 0;
  std::uint64_t sessions = 0;
  double session_seconds = 0; ///< of sessions that ended
  static constexpr auto fields() {
    using s = totals;
    return std::tuple{
      field("events", &s::events),     field("byType", &s::by_type),
      field("orders", &s::orders),     field("cancellations", &s::cancellations),
      field("units", &s::units),       field("spent", &s::spent),
      field("sessions", &s::sessions), field("sessionSeconds", &s::session_seconds)};
  }
};

struct user_state {
  std::string user_id;
  std::int64_t first_seen = 0;
  std::int64_t last_active = 0; ///< newest event time
  std::int64_t applied = -1;    ///< offset of `processed-events` up to which this holds
  std::array<std::int64_t, source_count> source_offsets{-1, -1, -1, -1}; ///< highest applied
  std::vector<producer_progress> producers;
  std::vector<std::uint64_t> recent_ids; ///< hashed, oldest first
  std::string country;
  totals total;
  std::vector<day_count> views;     ///< by day, the last 8 days
  std::vector<day_count> purchases; ///< by day, the last 31 days, with money
  session current;
  std::vector<touch> touches;
  std::vector<std::uint64_t> seen;
  std::vector<std::string> purchased;
  std::vector<taste> categories;
  std::vector<taste> brands;
  std::vector<std::string> searches;
  double price_gap_sum = 0; ///< see price_sensitivity in features.hpp
  double price_gap_weight = 0;
  double viewed_price = 0; ///< decayed mean of prices looked at, log scale
  double viewed_weight = 0;
  cart basket;
  std::vector<known_order> orders;
  bandit_state bandit;
  counted_state counted; ///< by analytics
  rare<trigger_state> triggers;
  std::int64_t erased = 0; ///< when all from before was erased the last time, 0: never
  static constexpr auto fields() {
    using s = user_state;
    return std::tuple{field("userId", &s::user_id),
                      field("firstSeen", &s::first_seen),
                      field("lastActive", &s::last_active),
                      field("applied", &s::applied),
                      field("sourceOffsets", &s::source_offsets),
                      field("producers", &s::producers),
                      field("recentIds", &s::recent_ids),
                      field("country", &s::country),
                      field("totals", &s::total),
                      field("viewsByDay", &s::views),
                      field("purchasesByDay", &s::purchases),
                      field("session", &s::current),
                      field("touches", &s::touches),
                      field("seen", &s::seen),
                      field("purchased", &s::purchased),
                      field("categories", &s::categories),
                      field("brands", &s::brands),
                      field("searches", &s::searches),
                      field("priceGapSum", &s::price_gap_sum),
                      field("priceGapWeight", &s::price_gap_weight),
                      field("viewedPrice", &s::viewed_price),
                      field("viewedWeight", &s::viewed_weight),
                      field("cart", &s::basket),
                      field("orders", &s::orders),
                      field("bandit", &s::bandit),
                      field("counted", &s::counted),
                      field("triggers", &s::triggers),
                      field("erased", &s::erased)};
  }
};

} // namespace riq
