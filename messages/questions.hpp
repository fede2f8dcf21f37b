#pragma once
// What can be asked of a user's actor, and what it answers. Commands are imperative; replies nouns.
// Most replies carry the JSON that goes to the caller: the actor that owns the state renders it,
// once for each state, and everything between it and the socket only passes bytes on.

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "config/fields.hpp"
#include "config/settings.hpp"
#include "messages/event.hpp"
#include "messages/offer_context.hpp"
#include "messages/status.hpp"

namespace riq {

/// In every command: whose, and what must have been applied first.
struct asked {
  std::string user_id;
  std::string after;  ///< position token, empty: no wait
  bool stale = false; ///< set by the shard when the wait ran out
  static constexpr auto fields() {
    return std::tuple{field("userId", &asked::user_id), field("after", &asked::after),
                      field("stale", &asked::stale)};
  }
};

/// JSON for the caller.
struct answer {
  std::string body;
  static constexpr auto fields() { return std::tuple{field("body", &answer::body)}; }
};

/// → answer `{"userId","recommendations":[…],"stateAsOf","modelEpoch",…}`
struct recommend {
  asked of;
  std::uint32_t limit = 20; ///< 1…200
  std::string category;     ///< only items below this path
  std::vector<std::string> exclude;
  bool include_seen = false;
  static constexpr auto fields() {
    return std::tuple{field("of", &recommend::of), field("limit", &recommend::limit),
                      field("category", &recommend::category),
                      field("exclude", &recommend::exclude),
                      field("includeSeen", &recommend::include_seen)};
  }
};

/// → answer `{"userId","candidates":[{"productId","score","sources":{…}}]}`
struct retrieve {
  asked of;
  std::uint32_t limit = 1000;
  static constexpr auto fields() {
    return std::tuple{field("of", &retrieve::of), field("limit", &retrieve::limit)};
  }
};

/// → answer
/// `{"userId","ranking":[{"productId","userPref","itemQuality","recency","diversity","score"}]}`
struct rank {
  asked of;
  std::vector<std::string> candidates;
  static constexpr auto fields() {
    return std::tuple{field("of", &rank::of), field("candidates", &rank::candidates)};
  }
};

/// → answer `{"userId","features":{…},"segment",…}`
struct get_features {
  asked of;
  static constexpr auto fields() { return std::tuple{field("of", &get_features::of)}; }
};

/// → offer_choice. Decides only; the asker appends `choice.served` to the log, and the user's
/// state changes when that record is applied.
struct choose_offer {
  asked of;
  std::string campaign; ///< empty: by priority, see docs/offers.md
  std::vector<context_value> context;
  static constexpr auto fields() {
    return std::tuple{field("of", &choose_offer::of), field("campaign", &choose_offer::campaign),
                      field("context", &choose_offer::context)};
  }
};

/// The offer is shown once its record is stored; a `limited` one once the record was applied and
/// `look_up_decision` says that it was within its limits.
struct offer_choice {
  offer_served served;
  std::int64_t time = 0; ///< the user's engine time of the decision
  answer shown;          ///< `{"userId","decisionId","type","code","terms","propensity",…}`
  static constexpr auto fields() {
    return std::tuple{field("served", &offer_choice::served), field("time", &offer_choice::time),
                      field("shown", &offer_choice::shown)};
  }
};

/// → decision_standing: what the user's state says of one of their decisions.
struct look_up_decision {
  asked of;
  std::uint64_t decision = 0; ///< hash of its id
  static constexpr auto fields() {
    return std::tuple{field("of", &look_up_decision::of),
                      field("decision", &look_up_decision::decision)};
  }
};

struct decision_standing {
  bool stale = false;    ///< what was to be applied first is not
  bool is_void = false;  ///< it was over a limit when it was applied
  bool redeemed = false; ///< its unique code was
  std::int64_t redeemed_at = 0;
  std::uint64_t claim = 0; ///< by whom, see offer_redeemed
  bool full = false;       ///< the user cannot redeem more codes now
  std::int64_t now = 0;    ///< the user's engine time
  bool rewarded = false;   ///< it had its outcome
  double reward = 0;
  bool known = true; ///< something is held of the user; nothing is of an erased one
  static constexpr auto fields() {
    using s = decision_standing;
    return std::tuple{field("stale", &s::stale),       field("isVoid", &s::is_void),
                      field("redeemed", &s::redeemed), field("redeemedAt", &s::redeemed_at),
                      field("claim", &s::claim),       field("full", &s::full),
                      field("now", &s::now),           field("rewarded", &s::rewarded),
                      field("reward", &s::reward),     field("known", &s::known)};
  }
};

/// → budget_slice of one shard.
struct get_budgets {
  std::int32_t partition = 0;
  static constexpr auto fields() { return std::tuple{field("partition", &get_budgets::partition)}; }
};

/// What a shard has of a campaign's budget, in millionths of its unit.
struct budget_line {
  std::string campaign;
  std::int64_t leased = 0; ///< by all shards together, told by the one that keeps the budget
  std::int64_t spent = 0;  ///< by this shard
  static constexpr auto fields() {
    using s = budget_line;
    return std::tuple{field("campaign", &s::campaign), field("leased", &s::leased),
                      field("spent", &s::spent)};
  }
};

struct budget_slice {
  std::vector<budget_line> lines;
  static constexpr auto fields() { return std::tuple{field("lines", &budget_slice::lines)}; }
};

/// → answer: the campaign as it is in force; `ec::invalid` with a JSON pointer as field. `body` is
/// its JSON, the path's id counts.
struct put_campaign {
  std::string id;
  std::string body;
  static constexpr auto fields() {
    return std::tuple{field("id", &put_campaign::id), field("body", &put_campaign::body)};
  }
};

/// → answer `{"id","message"}`; ec::not_found for an unknown one.
struct remove_campaign {
  std::string id;
  static constexpr auto fields() { return std::tuple{field("id", &remove_campaign::id)}; }
};

/// → answer: the campaign with what was learned; ec::not_found for an unknown one.
struct get_campaign {
  std::string id;
  static constexpr auto fields() { return std::tuple{field("id", &get_campaign::id)}; }
};

/// → answer `{"campaigns":[…]}`
struct list_campaigns {
  static constexpr auto fields() { return std::tuple<>{}; }
};

/// → answer: what the policy would have brought, see docs/offers.md.
struct evaluate_policy {
  std::string campaign;
  std::string policy; ///< a kind, or a policy as JSON
  static constexpr auto fields() {
    return std::tuple{field("campaign", &evaluate_policy::campaign),
                      field("policy", &evaluate_policy::policy)};
  }
};

/// → answer: what was known, weighed and chosen; ec::not_found when the log does not keep it.
struct explain_decision {
  std::string user_id;
  std::string decision_id;
  static constexpr auto fields() {
    return std::tuple{field("userId", &explain_decision::user_id),
                      field("decisionId", &explain_decision::decision_id)};
  }
};

/// → answer: the whole live state, with timers, arms and cached list.
struct inspect_user {
  asked of;
  static constexpr auto fields() { return std::tuple{field("of", &inspect_user::of)}; }
};

/// → answer: all that is held of the user.
struct export_user {
  asked of;
  static constexpr auto fields() { return std::tuple{field("of", &export_user::of)}; }
};

/// → answer `{"userId","now":[…],"armed":[…]}`: what would fire for the user now, or after some
/// minutes without an event, and what is armed. Changes nothing.
struct dry_run {
  asked of;
  std::uint32_t in_minutes = 0;
  static constexpr auto fields() {
    return std::tuple{field("of", &dry_run::of), field("inMinutes", &dry_run::in_minutes)};
  }
};

/// → answer `{"userId","features":{…},"recommendations":[…],"offer":{…},"timers":[…]}` of a copy of
/// the user's state that took the events. Nothing of it stays.
struct what_if {
  asked of;
  std::string events; ///< std::vector<event> in msgpack
  std::uint32_t limit = 20;
  std::string campaign = "default";
  static constexpr auto fields() {
    return std::tuple{field("of", &what_if::of), field("events", &what_if::events),
                      field("limit", &what_if::limit), field("campaign", &what_if::campaign)};
  }
};

/// → answer: the rule as it is in force. `rule` is JSON with the names of the configuration file.
struct put_trigger_rule {
  std::string id;
  std::string rule;
  static constexpr auto fields() {
    return std::tuple{field("id", &put_trigger_rule::id), field("rule", &put_trigger_rule::rule)};
  }
};

/// → answer `{"deleted":id}`; `ec::not_found`.
struct delete_trigger_rule {
  std::string id;
  static constexpr auto fields() { return std::tuple{field("id", &delete_trigger_rule::id)}; }
};

/// → answer: one rule, or `{"rules":[…]}` without an id.
struct get_trigger_rules {
  std::string id;
  static constexpr auto fields() { return std::tuple{field("id", &get_trigger_rules::id)}; }
};

/// → answer `{"triggers":[…],"targets":[…],"counts":{…}}`, the newest first.
struct list_triggers {
  std::uint32_t limit = 100;
  std::string user_id; ///< only of this user, empty: of all
  std::string rule;    ///< only of this rule
  std::string id;      ///< only this one
  static constexpr auto fields() {
    using s = list_triggers;
    return std::tuple{field("limit", &s::limit), field("userId", &s::user_id),
                      field("rule", &s::rule), field("id", &s::id)};
  }
};

/// → answer: the item with what the model counts of it; ec::not_found for an unknown one. With
/// `after` it waits, bounded, until that offset of `item-updates` is in the model.
struct get_item {
  std::string product_id;
  std::int64_t after = -1;
  static constexpr auto fields() {
    return std::tuple{field("productId", &get_item::product_id), field("after", &get_item::after)};
  }
};

/// A refused record, newest first; → answer `{"deadLetters":[…],"total":n}`
struct list_dead_letters {
  std::uint32_t limit = 100;
  std::int64_t before = 0; ///< only offsets below, 0: from the newest
  static constexpr auto fields() {
    return std::tuple{field("limit", &list_dead_letters::limit),
                      field("before", &list_dead_letters::before)};
  }
};

/// Appends the original bytes to their topic again; → answer `{"resubmitted":…}`, ec::not_found
/// when the dead letter is not kept any more.
struct resubmit_dead_letter {
  std::int64_t offset = 0;
  static constexpr auto fields() {
    return std::tuple{field("offset", &resubmit_dead_letter::offset)};
  }
};

} // namespace riq
