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
  std::int64_t code_expires = 0;  ///< of a unique code, 0: the code is everybody's
  std::int64_t spends = 0; ///< of the campaign's budget, millionths of its unit; 0: it has none
  // Limits as they were when it was decided, 0: none. Applying it holds them whatever was decided
  // elsewhere: a serving beyond them is void, and was shown to nobody.
  std::uint32_t arm_cap_day = 0;
  std::uint32_t arm_cooldown_min = 0;
  std::uint32_t cap_day = 0;
  std::uint32_t cooldown_min = 0;
  bool by_trigger = false;  ///< its budget was spent by the trigger_fired that carries it
  bool over_budget = false; ///< not in the log: its shard finds the budget spent, so it is void
  bool limited() const {
    return spends != 0 || arm_cap_day != 0 || arm_cooldown_min != 0 || cap_day != 0 ||
           cooldown_min != 0;
  }
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
                      field("windowHours", &s::window_hours),
                      field("codeExpires", &s::code_expires),
                      field("spends", &s::spends),
                      field("armCapDay", &s::arm_cap_day),
                      field("armCooldownMin", &s::arm_cooldown_min),
                      field("capDay", &s::cap_day),
                      field("cooldownMin", &s::cooldown_min),
                      field("byTrigger", &s::by_trigger)};
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

/// A decision's window closed without a reward. Void when it was rewarded after all.
struct offer_expired {
  std::uint64_t decision = 0; ///< hash of the decision id
  std::string campaign;
  std::string arm; ///< empty: the holdout's
  std::int64_t decided_at = 0;
  static constexpr auto fields() {
    using s = offer_expired;
    return std::tuple{field("decision", &s::decision), field("campaign", &s::campaign),
                      field("arm", &s::arm), field("decidedAt", &s::decided_at)};
  }
};

/// A unique code was presented. The first of its kind in the log's order redeems it.
struct offer_redeemed {
  std::uint64_t decision = 0; ///< hash of the decision id
  std::string campaign;
  std::string arm;
  std::string order_id;     ///< may be empty
  std::int64_t expires = 0; ///< of the code
  std::uint64_t claim = 0;  ///< who presents it: equal for a retry, hash of order or request
  static constexpr auto fields() {
    using s = offer_redeemed;
    return std::tuple{field("decision", &s::decision), field("campaign", &s::campaign),
                      field("arm", &s::arm),           field("orderId", &s::order_id),
                      field("expires", &s::expires),   field("claim", &s::claim)};
  }
};

/// A shard wants a share of a campaign's budget, to spend it by itself. In the log of the shard
/// that keeps the budget, which answers with `lease_granted` in the asker's.
struct lease_asked {
  std::string campaign;
  std::uint32_t version = 0;  ///< of the campaign, as the asker knows it
  std::int64_t budget = 0;    ///< of that version, millionths
  std::int32_t partition = 0; ///< the asker
  std::int64_t number = 0;    ///< of its lease, from 1; asked again until it is granted
  std::int64_t amount = 0;    ///< the least that helps, millionths
  static constexpr auto fields() {
    using s = lease_asked;
    return std::tuple{field("campaign", &s::campaign), field("version", &s::version),
                      field("budget", &s::budget),     field("partition", &s::partition),
                      field("number", &s::number),     field("amount", &s::amount)};
  }
};

/// 0 when the budget is out.
struct lease_granted {
  std::string campaign;
  std::int64_t number = 0;
  std::int64_t amount = 0;   ///< millionths
  std::uint32_t version = 0; ///< of the campaign that was asked with
  static constexpr auto fields() {
    using s = lease_granted;
    return std::tuple{field("campaign", &s::campaign), field("number", &s::number),
                      field("amount", &s::amount), field("version", &s::version)};
  }
};

/// The user asked to be forgotten: everything before this is erased, for good.
struct user_erased {
  static constexpr auto fields() { return std::tuple<>{}; }
};

using fact =
  std::variant<activity, order, offer_served, offer_rewarded, cart_abandoned, user_erased,
               trigger_fired, offer_expired, offer_redeemed, lease_asked, lease_granted>;
constexpr auto alternative_names(const fact&) {
  return std::array<std::string_view, 11>{
    "activity",     "order",        "offerServed",   "offerRewarded", "cartAbandoned", "userErased",
    "triggerFired", "offerExpired", "offerRedeemed", "leaseAsked",    "leaseGranted"};
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
