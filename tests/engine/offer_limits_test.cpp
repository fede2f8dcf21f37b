// Offers in the order of the log: limits that hold whatever was decided elsewhere, codes that are
// redeemed once, decisions that expire once.

#include "messages/hash.hpp"
#include "user_events.hpp"

namespace riq::engine {
namespace {

using namespace riq::testing;

class offer_limits : public ::testing::Test, public subject {
 protected:
  bool counts(std::int64_t time, const offer_served& o) {
    apply(time, o);
    return std::ranges::find(state.bandit.voided, stable_hash(o.decision_id)) ==
           state.bandit.voided.end();
  }

  /// As its user's actor would.
  void apply_due(std::int64_t now) {
    for (auto& d : due_facts(state, now, settings)) apply(d.time, std::move(d.what));
  }

  std::vector<offer_expired> expired(const event& e) {
    std::vector<offer_expired> out;
    analytics_note note;
    updates.clear();
    engine::apply(state, e, next_offset++, settings, updates, note, nullptr, &out);
    return out;
  }

  void redeem(std::int64_t time, const std::string& decision, std::uint64_t claim,
              std::int64_t expires) {
    if (state.total.events == 0) apply(t0 - day, acts(activity_type::view, "p"));
    apply(time, offer_redeemed{stable_hash(decision), "c", "a", "", expires, claim});
  }

  const redeemed_code* redeemed(const std::string& decision) const {
    return find_redeemed(state, stable_hash(decision));
  }
};

TEST_F(offer_limits, a_serving_beyond_a_cap_is_void) {
  auto o = serves("d1");
  o.arm_cap_day = 1;
  EXPECT_TRUE(counts(t0, o));
  o.decision_id = "d2";
  EXPECT_FALSE(counts(t0 + 1, o)) << "decided on another node at the same time";
  EXPECT_EQ(state.bandit.arms.at(0).served_today, 1U);
  EXPECT_EQ(state.bandit.pending.size(), 1U);
  EXPECT_TRUE(updates.empty()) << "nobody learns of it";
  o.decision_id = "d3";
  EXPECT_TRUE(counts(t0 + day, o));
}

TEST_F(offer_limits, a_campaigns_cap_and_cooldown_count_all_arms) {
  auto o = serves("d1");
  o.cap_day = 2;
  o.cooldown_min = 10;
  EXPECT_TRUE(counts(t0, o));
  o = serves("d2", "b");
  o.cap_day = 2;
  o.cooldown_min = 10;
  EXPECT_FALSE(counts(t0 + 9 * minute, o));
  o.decision_id = "d3";
  EXPECT_TRUE(counts(t0 + 10 * minute, o));
  o.decision_id = "d4";
  EXPECT_FALSE(counts(t0 + 30 * minute, o));
}

TEST_F(offer_limits, what_its_shard_finds_over_budget_is_void) {
  auto o = serves("d1");
  o.spends = 1;
  o.over_budget = true;
  EXPECT_FALSE(counts(t0, o));
  EXPECT_TRUE(state.bandit.arms.empty());
  EXPECT_TRUE(state.bandit.pending.empty());
}

TEST_F(offer_limits, what_a_trigger_carries_was_shown_and_counts) {
  auto o = serves("d1");
  o.arm_cap_day = 1;
  o.by_trigger = true;
  EXPECT_TRUE(counts(t0, o));
  o.decision_id = "d2";
  EXPECT_TRUE(counts(t0, o));
  EXPECT_EQ(state.bandit.arms.at(0).served_today, 2U);
}

TEST_F(offer_limits, the_first_redemption_of_a_code_counts) {
  redeem(t0, "d1", 7, t0 + hour);
  redeem(t0 + 1, "d1", 8, t0 + hour);
  ASSERT_NE(redeemed("d1"), nullptr);
  EXPECT_EQ(redeemed("d1")->claim, 7U);
  EXPECT_EQ(redeemed("d1")->time, t0);
  EXPECT_EQ(state.bandit.redeemed.size(), 1U);
}

TEST_F(offer_limits, an_expired_code_is_not_redeemed_and_is_never_valid_again) {
  redeem(t0 + hour + 1, "d1", 7, t0 + hour);
  EXPECT_EQ(redeemed("d1"), nullptr);
  redeem(t0, "d2", 7, t0 + hour);
  redeem(t0 + 2 * hour, "d3", 7, t0 + 3 * hour); // d2 is forgotten by now
  EXPECT_EQ(redeemed("d2"), nullptr);
  redeem(t0, "d2", 8, t0 + hour); // with a clock that is behind
  EXPECT_EQ(redeemed("d2"), nullptr);
}

TEST_F(offer_limits, no_more_codes_are_redeemed_than_are_remembered) {
  for (std::size_t i = 0; i < bounds::redeemed_codes; ++i) {
    ASSERT_TRUE(may_redeem(state, t0));
    redeem(t0, "d" + std::to_string(i), 1, t0 + hour);
  }
  EXPECT_FALSE(may_redeem(state, t0));
  redeem(t0, "one more", 1, t0 + hour);
  EXPECT_EQ(redeemed("one more"), nullptr);
  EXPECT_NE(redeemed("d0"), nullptr) << "or it could be redeemed again";
  EXPECT_TRUE(may_redeem(state, t0 + hour + 1));
}

TEST_F(offer_limits, a_decision_expires_once_by_its_timer) {
  apply(t0, serves("d1"));
  const auto due = t0 + 72 * hour + 1;
  EXPECT_EQ(next_due(state, settings), due);
  EXPECT_TRUE(due_facts(state, due - 1, settings).empty());
  const auto facts = due_facts(state, due, settings);
  ASSERT_EQ(facts.size(), 1U);
  EXPECT_EQ(facts[0].time, due);
  auto told = expired(at(due, facts[0].what));
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].decision, stable_hash("d1"));
  EXPECT_EQ(told[0].campaign, "c");
  EXPECT_EQ(told[0].decided_at, t0);
  EXPECT_TRUE(state.bandit.pending.empty());
  EXPECT_EQ(next_due(state, settings), 0);
  EXPECT_TRUE(expired(at(due, facts[0].what)).empty()) << "a second life of the same timer";
}

TEST_F(offer_limits, what_was_rewarded_does_not_expire_and_what_expired_is_not_rewarded) {
  apply(t0, serves("d1"));
  apply(t0 + 1, serves("d2"));
  const auto due = t0 + 72 * hour + 2;
  const auto facts = due_facts(state, due, settings);
  ASSERT_EQ(facts.size(), 2U);
  apply(t0 + hour, rewards("d1", t0)); // comes first in the log
  EXPECT_TRUE(expired(at(facts[0].time, facts[0].what)).empty());
  EXPECT_EQ(expired(at(facts[1].time, facts[1].what)).size(), 1U);
  apply(t0 + hour, rewards("d2", t0 + 1)); // told late, of a time when it was open
  EXPECT_TRUE(updates.empty());
}

TEST_F(offer_limits, a_decision_whose_window_an_event_finds_closed_is_told_too) {
  apply(t0, serves("d1"));
  const auto told = expired(at(t0 + 80 * hour, serves("d2")));
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].decision, stable_hash("d1"));
  apply_due(t0 + 81 * hour);
  EXPECT_EQ(state.bandit.pending.size(), 1U) << "nothing is due yet";
}

TEST_F(offer_limits, the_earlier_of_a_cart_and_a_decision_is_due) {
  apply(t0, serves("d1"));
  apply(t0, acts(activity_type::add_to_cart, "p", 10));
  EXPECT_EQ(next_due(state, settings), t0 + 30 * minute);
  apply_due(t0 + hour);
  EXPECT_EQ(state.basket.abandonments, 1U);
  EXPECT_EQ(next_due(state, settings), t0 + 72 * hour + 1);
}

} // namespace
} // namespace riq::engine
