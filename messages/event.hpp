#pragma once
// The events of the system, as they travel on `processed-events` and are applied by a user.
// Facts are named in the past tense or by what they are; times are epoch milliseconds, UTC.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <variant>
#include <vector>

#include "config/campaign.hpp"
#include "config/fields.hpp"
#include "messages/trigger.hpp"

namespace riq {

enum class activity_type : std::uint8_t {
  view,
  click,
  scroll,
  time_on_page,
  add_to_cart,
  remove_from_cart,
  search
};
constexpr auto enum_names(activity_type) {
  return std::array<std::string_view, 7>{
    "VIEW", "CLICK", "SCROLL", "TIME_ON_PAGE", "ADD_TO_CART", "REMOVE_FROM_CART", "SEARCH"};
}

/// What a shopper did on a page.
struct activity {
  activity_type type = activity_type::view;
  std::string product_id; ///< empty for a search
  std::string session_id; ///< the shop's own, may be empty
  std::string category;   ///< lower-case path, `electronics.laptop`; may be empty
  std::string brand;      ///< lower case, may be empty
  double price = 0;       ///< of one piece, 0: not told
  double duration_sec = 0;
  std::uint32_t quantity = 1; ///< pieces put in or taken out of the cart
  std::string query;
  std::string country;    ///< ISO 3166-1 alpha-2 of the client's address, may be empty
  std::string properties; ///< the caller's JSON object as sent, may be empty
  static constexpr auto fields() {
    return std::tuple{field("eventType", &activity::type),
                      field("productId", &activity::product_id),
                      field("sessionId", &activity::session_id),
                      field("category", &activity::category),
                      field("brand", &activity::brand),
                      field("price", &activity::price),
                      field("durationSec", &activity::duration_sec),
                      field("quantity", &activity::quantity),
                      field("query", &activity::query),
                      field("country", &activity::country),
                      field("properties", &activity::properties)};
  }
};

enum class order_status : std::uint8_t { checkout, completed, cancelled };
constexpr auto enum_names(order_status) {
  return std::array<std::string_view, 3>{"CHECKOUT", "COMPLETED", "CANCELLED"};
}

struct order_line {
  std::string product_id;
  std::uint32_t quantity = 1;
  double price = 0; ///< of one piece
  static constexpr auto fields() {
    return std::tuple{field("productId", &order_line::product_id),
                      field("quantity", &order_line::quantity), field("price", &order_line::price)};
  }
};

/// An order that was started, completed or cancelled. A cancellation may come without lines.
struct order {
  std::string order_id;
  order_status status = order_status::completed;
  std::vector<order_line> items;
  double total = 0;
  std::string currency; ///< ISO 4217, may be empty
  std::string offer_decision_id;
  std::string country;
  std::string session_id;
  static constexpr auto fields() {
    return std::tuple{
      field("orderId", &order::order_id),  field("status", &order::status),
      field("items", &order::items),       field("totalAmount", &order::total),
      field("currency", &order::currency), field("offerDecisionId", &order::offer_decision_id),
      field("country", &order::country),   field("sessionId", &order::session_id)};
  }
};

/// An offer was decided and shown, with all that was weighed, so that another policy can be valued
/// from the log and the decision be explained.
struct offer_served {
  std::string decision_id; ///< the signed token
  std::string campaign;
  std::uint32_t campaign_version = 0;
  std::string arm;
  double propensity = 1; ///< the policy's probability of this arm, (0, 1]
  std::vector<std::string> arms;
  std::vector<double> propensities; ///< of `arms`, as the policy gave them
  std::vector<double> means;        ///< of `arms`: the reward that was expected
  std::vector<std::string> levels;  ///< the hierarchy above the user, outermost first
  std::vector<double> features;     ///< of the linear policies; empty without numeric fields
  std::uint64_t layout = 0;         ///< which features these are, a hash of their names
  policy_kind policy = policy_kind::epsilon_greedy;
  std::string group; ///< of the A/B test; `holdout`: nothing was offered
  reward_kind reward = reward_kind::outcome;
  double cost = 0;
  double margin_rate = 1;
  std::string code;               ///< what the shopper got; of its own for unique codes
  double draw = 0;                ///< the random number in [0,1) behind the choice
  std::uint32_t window_hours = 0; ///< in which an outcome counts, 0: the default
  static constexpr auto fields() {
    using s = offer_served;
    return std::tuple{field("decisionId", &s::decision_id),
                      field("campaign", &s::campaign),
                      field("campaignVersion", &s::campaign_version),
                      field("arm", &s::arm),
                      field("propensity", &s::propensity),
                      field("arms", &s::arms),
                      field("propensities", &s::propensities),
                      field("means", &s::means),
                      field("levels", &s::levels),
                      field("features", &s::features),
                      field("layout", &s::layout),
                      field("policy", &s::policy),
                      field("group", &s::group),
                      field("reward", &s::reward),
                      field("cost", &s::cost),
                      field("marginRate", &s::margin_rate),
                      field("code", &s::code),
                      field("draw", &s::draw),
                      field("windowHours", &s::window_hours)};
  }
};

/// A served offer brought something. The token says whose and which it was.
struct offer_rewarded {
  std::string decision_id;
  std::string campaign;
  std::string arm;
  double reward = 0;
  std::string outcome; ///< `click`, `conversion`, `order`, … as told
  std::int64_t decided_at = 0;
  std::uint32_t window_hours = 0; ///< of the decision, 0: the default
  reward_kind kind = reward_kind::outcome;
  double cost = 0;
  double margin_rate = 1;
  static constexpr auto fields() {
    using s = offer_rewarded;
    return std::tuple{field("decisionId", &s::decision_id),
                      field("campaign", &s::campaign),
                      field("arm", &s::arm),
                      field("reward", &s::reward),
                      field("outcome", &s::outcome),
                      field("decidedAt", &s::decided_at),
                      field("windowHours", &s::window_hours),
                      field("kind", &s::kind),
                      field("cost", &s::cost),
                      field("marginRate", &s::margin_rate)};
  }
};

/// A timer of the user came due and found the cart still open. `cart_time` names the cart event
/// that armed the timer: a cart that changed since makes this a no-op.
struct cart_abandoned {
  std::int64_t cart_time = 0;
  static constexpr auto fields() {
    return std::tuple{field("cartTime", &cart_abandoned::cart_time)};
  }
};

/// The user asked to be forgotten: everything before this is erased, for good.
struct user_erased {
  static constexpr auto fields() { return std::tuple<>{}; }
};

using fact = std::variant<activity, order, offer_served, offer_rewarded, cart_abandoned,
                          user_erased, trigger_fired>;
constexpr auto alternative_names(const fact&) {
  return std::array<std::string_view, 7>{"activity",      "order",         "offerServed",
                                         "offerRewarded", "cartAbandoned", "userErased",
                                         "triggerFired"};
}

/// The raw topics an event can come from, in the order of a user's applied offsets.
enum class source : std::uint8_t { activity, order, offer, internal };
constexpr std::size_t source_count = 4;
constexpr auto enum_names(source) {
  return std::array<std::string_view, source_count>{"activity", "order", "offer", "internal"};
}

/// Where an event came from. A user's events come from one partition of each raw topic, so source
/// and offset say whether it was applied before. An import also numbers its lines: `producer` is
/// its id and `sequence` the line (from 1), so that importing a file twice counts it once.
struct provenance {
  source from = source::activity;
  std::int64_t offset = -1;
  std::string producer;
  std::int64_t sequence = 0;
  static constexpr auto fields() {
    return std::tuple{field("source", &provenance::from), field("offset", &provenance::offset),
                      field("producer", &provenance::producer),
                      field("sequence", &provenance::sequence)};
  }
};

/// One processed event.
struct event {
  std::string id; ///< the client's, or made from the source position
  std::string user_id;
  std::int64_t time = 0;     ///< when it happened, as told and clamped
  std::int64_t received = 0; ///< when the gateway took it
  provenance origin;
  fact what;
  static constexpr auto fields() {
    return std::tuple{field("eventId", &event::id),     field("userId", &event::user_id),
                      field("timestamp", &event::time), field("received", &event::received),
                      field("origin", &event::origin),  field("what", &event::what)};
  }
};

} // namespace riq
