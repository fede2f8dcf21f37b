#pragma once
// What one shard knows of the campaigns' budgets: a fold of its log, nothing else.
//
// A campaign's whole budget is kept by one shard (its keeper). Each shard spends out of leases: it
// asks the keeper with a numbered `lease_asked`, and gets `lease_granted` under the same number. A
// shard's leases are a part of the budget that nobody else has, and a serving that does not fit
// into them is void. So the sum of what is spent never exceeds the budget, in whatever order shards
// run, stop and move: Σ spent ≤ Σ leases received ≤ Σ leases granted ≤ budget. Only a budget that
// is lowered below what is leased leaves those leases to be spent.
//
// Everything here may be told twice: leases are known by their numbers, servings by their places,
// and triggers by what they are about, as a user may decide one again before it comes back.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "config/campaign.hpp"
#include "config/fields.hpp"
#include "messages/event.hpp"

namespace riq::engine {

/// A lease is at least this part of what is left, so that a large budget takes few
/// leases and a small one is not left lying about.
inline constexpr std::int64_t lease_parts = 32;

/// Money and counts in millionths, so that sums are exact.
std::int64_t budget_of(const campaign_settings& c);
/// What a serving of the arm takes from it.
std::int64_t spend_of(const campaign_settings& c, const arm_settings& arm);

/// What a shard leased and spent of a campaign.
struct purse {
  std::string campaign;
  std::int64_t leased = 0;
  std::int64_t spent = 0;
  std::int64_t number = 0;       ///< of the last lease that came
  std::uint32_t out_version = 0; ///< the version of the campaign with which there was nothing left
  static constexpr auto fields() {
    using s = purse;
    return std::tuple{field("campaign", &s::campaign), field("leased", &s::leased),
                      field("spent", &s::spent), field("number", &s::number),
                      field("outVersion", &s::out_version)};
  }
};

/// The last lease that a shard was given.
struct lease_account {
  std::int32_t partition = 0;
  std::int64_t number = 0;
  std::int64_t amount = 0;
  std::uint32_t version = 0;
  static constexpr auto fields() {
    using s = lease_account;
    return std::tuple{field("partition", &s::partition), field("number", &s::number),
                      field("amount", &s::amount), field("version", &s::version)};
  }
};

/// What the keeper has of a campaign.
struct treasury {
  std::string campaign;
  std::uint32_t version = 0;
  std::int64_t budget = 0;
  std::int64_t leased = 0; ///< to all shards
  std::vector<lease_account> accounts;
  static constexpr auto fields() {
    using s = treasury;
    return std::tuple{field("campaign", &s::campaign), field("version", &s::version),
                      field("budget", &s::budget), field("leased", &s::leased),
                      field("accounts", &s::accounts)};
  }
};

/// What was spent for a trigger.
struct trigger_spending {
  std::uint64_t user = 0;    ///< hash
  std::uint64_t trigger = 0; ///< hash of what tells it from all others
  std::int64_t amount = 0;
  static constexpr auto fields() {
    using s = trigger_spending;
    return std::tuple{field("user", &s::user), field("trigger", &s::trigger),
                      field("amount", &s::amount)};
  }
};

class budget_ledger {
 public:
  /// What folding an event came to.
  struct outcome {
    bool taken = false;                 ///< it was about leases and concerns no user
    bool over_budget = false;           ///< a serving that does not fit: it is void
    bool changed = false;               ///< of what is stored
    std::optional<lease_granted> grant; ///< to be appended to the log of `to`, also a second time
    std::int32_t to = 0;
  };

  /// Folds the event at `offset` of the shard's log. An offset that was folded before gets the
  /// answer of that time.
  outcome fold(const event& e, std::int64_t offset);

  /// Null: nothing was leased yet.
  const purse* purse_of(std::string_view campaign) const;
  /// Null unless this shard is the keeper.
  const treasury* treasury_of(std::string_view campaign) const;

  const std::vector<purse>& purses() const { return purses_; }
  const std::vector<treasury>& treasuries() const { return treasuries_; }

  /// Everything before this offset is stored and will not be folded again.
  void forget_before(std::int64_t offset);

  static constexpr auto fields() {
    using s = budget_ledger;
    return std::tuple{field("folded", &s::folded_), field("offersSeen", &s::offers_seen_),
                      field("purses", &s::purses_), field("treasuries", &s::treasuries_),
                      field("over", &s::over_),     field("triggers", &s::triggers_)};
  }

  /// Triggers of which it is known what they spent, the newest. Those that are decided twice are
  /// seconds apart; this is more than a shard wakes in two looks at its timers.
  static constexpr std::size_t triggers_kept = 1'024;

 private:
  void spend(const std::string& campaign, std::int64_t amount, std::int64_t offset, outcome& out);
  void serve(const offer_served& o, const event& e, std::int64_t offset, outcome& out);
  void fire(const trigger_fired& f, const event& e, std::int64_t offset, outcome& out);
  void forget_triggers(const std::string& user, std::int64_t offset, outcome& out);
  void lend(const lease_asked& a, outcome& out);
  void receive(const lease_granted& g, outcome& out);
  purse& at(const std::string& campaign);

  std::int64_t folded_ = -1;      // newest offset that changed something
  std::int64_t offers_seen_ = -1; // newest place in `offer-decisions` of what was spent for
  std::vector<purse> purses_;
  std::vector<treasury> treasuries_;
  std::vector<std::int64_t> over_; // offsets of servings that did not fit, ascending
  std::vector<trigger_spending> triggers_;
};

} // namespace riq::engine
