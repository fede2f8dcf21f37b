#include "messages/hash.hpp"
#include "user_events.hpp"

namespace riq::engine {
namespace {

using namespace riq::testing;

class apply_offers : public ::testing::Test, public subject {
 protected:
  const arm_state& arm(std::size_t i = 0) const { return state.bandit.arms.at(i); }
};

TEST_F(apply_offers, a_served_offer_is_counted_and_pending) {
  ASSERT_EQ(apply(t0, serves("d1")), applied::yes);
  EXPECT_EQ(arm().served, 1);
  EXPECT_EQ(arm().served_today, 1U);
  EXPECT_EQ(arm().reward, 0);
  ASSERT_EQ(state.bandit.pending.size(), 1U);
  EXPECT_EQ(state.bandit.pending[0].key, stable_hash("d1"));
  EXPECT_FALSE(state.bandit.pending[0].rewarded);
  ASSERT_EQ(updates.size(), 1U);
  EXPECT_EQ(updates[0].kind, session_update::what::offer_served);
  EXPECT_EQ(updates[0].campaign, "c");
  EXPECT_EQ(updates[0].arm, "a");
  EXPECT_EQ(updates[0].levels, (std::vector<std::string>{"segment=new"}));
}

TEST_F(apply_offers, an_outcome_is_credited_once) {
  apply(t0, serves("d1"));
  apply(t0 + 1, rewards("d1", t0, 0.25));
  EXPECT_EQ(arm().reward, 0.25);
  ASSERT_EQ(updates.size(), 1U);
  EXPECT_EQ(updates[0].kind, session_update::what::offer_rewarded);
  EXPECT_EQ(updates[0].reward, 0.25);
  apply(t0 + 2, rewards("d1", t0, 1));
  EXPECT_EQ(arm().reward, 0.25);
  EXPECT_TRUE(updates.empty());
}

TEST_F(apply_offers, rewards_outside_zero_to_one_are_clamped) {
  apply(t0, serves("d1"));
  apply(t0, serves("d2", "b"));
  apply(t0, rewards("d1", t0, 7));
  EXPECT_EQ(arm().reward, 1);
  apply(t0, rewards("d2", t0, -7, "b"));
  EXPECT_EQ(arm(1).reward, 0);
}

TEST_F(apply_offers, the_window_closes_by_event_time) {
  apply(t0, serves("d1"));
  apply(t0, serves("d2"));
  apply(t0 + 72 * hour, rewards("d1", t0));
  EXPECT_EQ(updates.size(), 1U);
  apply(t0 + 72 * hour + 1, rewards("d2", t0));
  EXPECT_TRUE(updates.empty());
  apply(t0 + 72 * hour + 1, rewards("unknown", t0));
  EXPECT_TRUE(updates.empty());
}

TEST_F(apply_offers, an_order_that_names_the_decision_rewards_it) {
  apply(t0, serves("d1"));
  auto o = orders("o", order_status::completed, {{"p", 1, 1}});
  o.offer_decision_id = "d1";
  apply(t0 + hour, o);
  EXPECT_NEAR(arm().reward, 1, 1e-12);
  ASSERT_EQ(updates.size(), 2U); // the purchase, the reward
  EXPECT_EQ(updates[1].kind, session_update::what::offer_rewarded);
  EXPECT_EQ(updates[1].levels, (std::vector<std::string>{"segment=new"})); // as it was served
  apply(t0 + hour, rewards("d1", t0)); // the outcome call says the same again
  EXPECT_TRUE(updates.empty());
}

TEST_F(apply_offers, an_order_does_not_credit_what_the_state_does_not_know) {
  auto o = orders("o", order_status::completed, {{"p", 1, 1}});
  o.offer_decision_id = "forged";
  apply(t0, o);
  EXPECT_TRUE(state.bandit.arms.empty());
  apply(t0, rewards("forged", t0)); // once a token was verified, the fact tells all
  EXPECT_EQ(arm().reward, 1);
}

TEST_F(apply_offers, what_is_told_of_a_decision_makes_no_erased_user_known_again) {
  apply(t0, serves("d1"));
  apply(t0 + 1, user_erased{});
  const auto forgotten = content();
  const auto key = stable_hash("d1");
  for (const fact& told :
       {fact{rewards("d1", t0)}, fact{offer_redeemed{key, "c", "a", "", t0 + day, 7}},
        fact{offer_expired{key, "c", "a", t0}}}) {
    ASSERT_EQ(apply(t0 + 2, told), applied::yes);
    EXPECT_EQ(state.total.events, 0U);
    EXPECT_TRUE(updates.empty());
    EXPECT_EQ(content(), forgotten);
  }
  // Nor does it count once the user is back.
  apply(t0 + 3, acts(activity_type::view, "p"));
  apply(t0 + 4, rewards("d1", t0));
  EXPECT_TRUE(state.bandit.arms.empty());
  EXPECT_TRUE(state.bandit.pending.empty());
}

TEST_F(apply_offers, a_forgotten_decision_is_credited_at_most_once) {
  apply(t0, serves("early"));
  apply(t0 + 1, rewards("early", t0));
  for (int i = 0; i < 100; ++i) apply(t0 + 10 + i, serves("d" + std::to_string(i)));
  EXPECT_EQ(state.bandit.pending.size(), bounds::pending_decisions);
  const auto before = arm().reward;
  apply(t0 + 200, rewards("early", t0)); // its record made room for newer ones
  EXPECT_LE(arm().reward, before);
  EXPECT_TRUE(updates.empty());
  apply(t0 + 200, rewards("d90", t0 + 100));
  EXPECT_EQ(updates.size(), 1U);
}

TEST_F(apply_offers, a_reward_is_what_the_campaign_says) {
  auto o = serves("d1");
  o.reward = reward_kind::margin;
  o.cost = 8;
  o.margin_rate = 0.25;
  apply(t0, o);
  auto bought = orders("o", order_status::completed, {{"p", 2, 50}});
  bought.offer_decision_id = "d1";
  apply(t0, bought);
  EXPECT_NEAR(arm().reward, 100 * 0.25 - 8, 1e-9);
  o = serves("d2", "b");
  o.reward = reward_kind::conversion;
  apply(t0, o);
  auto click = rewards("d2", t0, 1, "b");
  click.outcome = "click";
  apply(t0, click);
  EXPECT_EQ(arm(1).reward, 0) << "a click is no conversion, and does not use the decision up";
  apply(t0 + 1, rewards("d2", t0, 1, "b"));
  EXPECT_NEAR(arm(1).reward, 1, 1e-9);
}

TEST_F(apply_offers, a_decision_has_the_window_it_was_served_with) {
  auto o = serves("d1");
  o.window_hours = 1;
  apply(t0, o);
  auto late = rewards("d1", t0);
  late.window_hours = 1;
  apply(t0 + hour + 1, late);
  EXPECT_TRUE(updates.empty());
  apply(t0 + 2 * hour, serves("d2")); // d1 is forgotten by now
  apply(t0 + 2 * hour, late);
  EXPECT_TRUE(updates.empty());
}

TEST_F(apply_offers, the_holdout_is_credited_but_teaches_nobody) {
  auto o = serves("d1", "");
  o.group = "holdout";
  apply(t0, o);
  EXPECT_TRUE(updates.empty());
  EXPECT_TRUE(state.bandit.arms.empty());
  apply(t0, rewards("d1", t0));
  EXPECT_TRUE(updates.empty());
  EXPECT_EQ(state.bandit.pending.at(0).reward, 1);
}

TEST_F(apply_offers, closed_decisions_are_forgotten) {
  for (int i = 0; i < 5; ++i) apply(t0 + i, serves("d" + std::to_string(i)));
  apply(t0 + 80 * hour, serves("new"));
  EXPECT_EQ(state.bandit.pending.size(), 1U);
}

TEST_F(apply_offers, counts_fade_and_a_day_is_counted_by_itself) {
  apply(t0, serves("d1"));
  apply(t0 + 14 * day, serves("d2"));
  EXPECT_NEAR(arm().served, 1.5, 1e-12);
  EXPECT_EQ(arm().served_today, 1U);
  apply(t0 + 14 * day + 1, serves("d3"));
  EXPECT_EQ(arm().served_today, 2U);
  apply(t0, serves("d4")); // late: not of today
  EXPECT_EQ(arm().served_today, 2U);
  EXPECT_NEAR(arm().served, 3, 1e-6);
}

TEST_F(apply_offers, arms_are_bounded) {
  for (int i = 0; i < 300; ++i)
    apply(t0 + i, serves("d" + std::to_string(i), "arm" + std::to_string(i)));
  EXPECT_EQ(state.bandit.arms.size(), bounds::arms);
  EXPECT_EQ(state.bandit.arms.back().arm, "arm299");
}

} // namespace
} // namespace riq::engine
