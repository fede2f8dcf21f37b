// Triggers as pure functions: what is armed, when it is due, what holds it back, and that it fires
// once however often it is decided.
#include <gmock/gmock.h>

#include "trigger_support.hpp"

namespace riq::engine {
namespace {

using namespace riq::testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

using what = trigger_note::what;

TEST_F(triggers, a_cart_is_followed_in_steps_each_once) {
  use({rule_of(trigger_kind::cart_abandoned, {"30m", "24h", "72h"})});
  user.apply(t0, acts(activity_type::add_to_cart, "p", 10));
  EXPECT_EQ(due(), t0 + 30 * minute);
  EXPECT_THAT(fire(t0 + 30 * minute - 1), ElementsAre());
  EXPECT_THAT(fire(t0 + 30 * minute), ElementsAre(what::fired, what::no_effect));
  EXPECT_THAT(last.reason, HasSubstr("1 item left in the cart for 30 minutes"));
  ASSERT_EQ(last.items.size(), 1U);
  EXPECT_EQ(last.items[0].product_id, "p");
  ASSERT_EQ(last.because.size(), 1U);
  EXPECT_EQ(last.because[0].time, t0);
  EXPECT_EQ(due(), t0 + day);
  EXPECT_THAT(fire(t0 + day), ElementsAre(what::fired, what::no_effect));
  EXPECT_EQ(last.step, 1U);
  EXPECT_THAT(fire(t0 + 3 * day), ElementsAre(what::fired, what::no_effect));
  EXPECT_EQ(due(), 0);
}

TEST_F(triggers, an_order_ends_the_series) {
  use({rule_of(trigger_kind::cart_abandoned, {"30m", "24h"})});
  user.apply(t0, acts(activity_type::add_to_cart, "p", 10));
  fire(t0 + 30 * minute);
  user.apply(t0 + hour, orders("o", order_status::completed, {{"p", 1, 10}}));
  EXPECT_EQ(due(), 0);
}

TEST_F(triggers, who_comes_back_before_it_is_applied_is_left_alone) {
  use({rule_of(trigger_kind::cart_abandoned, {"30m"})});
  user.apply(t0, acts(activity_type::add_to_cart, "p", 10));
  const auto armed = armed_timers(user.state, world());
  user.apply(t0 + 29 * minute, acts(activity_type::view, "q"));
  // Decided on the state of before.
  auto f = composed(armed.at(0), user.state, model, ranking, world(), t0 + 30 * minute);
  f.seen = t0;
  std::vector<trigger_note> notes;
  auto e = riq::testing::at(t0 + 30 * minute, f, "x");
  engine::apply(user.state, e, user.next_offset++, user.settings, user.updates, &notes);
  ASSERT_EQ(notes.size(), 1U);
  EXPECT_EQ(notes[0].kind, what::no_effect);
  EXPECT_EQ(due(), t0 + 59 * minute);
  EXPECT_THAT(fire(t0 + 59 * minute), ElementsAre(what::fired, what::no_effect));
}

TEST_F(triggers, late_ones_are_skipped_and_the_next_step_has_its_chance) {
  auto r = rule_of(trigger_kind::cart_abandoned, {"30m", "24h"});
  r.late_min = 60;
  use({r});
  user.apply(t0, acts(activity_type::add_to_cart, "p", 10));
  EXPECT_THAT(fire(t0 + 91 * minute), ElementsAre(what::skipped, what::no_effect));
  EXPECT_TRUE(user.state.triggers->contacts.empty());
  EXPECT_EQ(due(), t0 + day);
}

TEST_F(triggers, caps_hold_even_when_several_were_decided_at_once) {
  settings.max_per_user_day = 2;
  auto one = rule_of(trigger_kind::cart_abandoned, {"30m"});
  auto two = one;
  auto three = one;
  two.id = "two";
  three.id = "three";
  use({one, two, three});
  user.apply(t0, acts(activity_type::add_to_cart, "p", 10));
  EXPECT_THAT(fire(t0 + 30 * minute), ElementsAre(what::fired, what::no_effect, what::fired,
                                                  what::no_effect, what::capped, what::no_effect));
  // Nothing of this day is armed any more, and another day has its own.
  user.apply(t0 + hour, acts(activity_type::add_to_cart, "q", 10));
  EXPECT_EQ(due(), 0);
  EXPECT_EQ(armed_timers(user.state, world()).at(0).why, hindrance::cap);
  user.apply(t0 + day, acts(activity_type::add_to_cart, "r", 10));
  EXPECT_EQ(due(), t0 + day + 30 * minute);
}

TEST_F(triggers, consent) {
  use({rule_of(trigger_kind::cart_abandoned, {"30m"})});
  auto a = acts(activity_type::add_to_cart, "p", 10);
  user.apply(t0, a);
  EXPECT_NE(due(), 0);
  settings.consent = "opt_in";
  EXPECT_EQ(due(), 0);
  a.properties = R"({"consent":true,"timeZone":"Asia/Tokyo"})";
  user.apply(t0 + 1, a);
  EXPECT_NE(due(), 0);
  EXPECT_EQ(user.state.triggers->time_zone, "Asia/Tokyo");
  a.properties = R"({"consent": false})";
  user.apply(t0 + 2, a);
  settings.consent = "opt_out";
  EXPECT_EQ(due(), 0);
  EXPECT_EQ(armed_timers(user.state, world()).at(0).why, hindrance::consent);
}

TEST_F(triggers, conditions_are_named_when_they_do_not_hold) {
  auto r = rule_of(trigger_kind::cart_abandoned, {"30m"});
  r.conditions = {"cart_items >= 1", "cart_value >= 50", "segment == new"};
  use({r});
  user.apply(t0, acts(activity_type::add_to_cart, "p", 10));
  const auto armed = armed_timers(user.state, world());
  ASSERT_EQ(armed.size(), 1U);
  EXPECT_EQ(armed[0].why, hindrance::condition);
  EXPECT_EQ(armed[0].detail, "cart_value >= 50");
  user.apply(t0 + 1, acts(activity_type::add_to_cart, "q", 40));
  EXPECT_NE(due(), 0);
}

TEST_F(triggers, browsing_counts_only_without_a_cart) {
  auto r = rule_of(trigger_kind::browse_abandoned, {"1h"});
  r.conditions = {"session_views >= 2"};
  use({r});
  user.apply(t0, acts(activity_type::view, "p"));
  EXPECT_EQ(due(), 0);
  user.apply(t0 + 1, acts(activity_type::view, "q"));
  EXPECT_EQ(due(), t0 + 1 + hour);
  auto carted = user;
  user.apply(t0 + 2, acts(activity_type::add_to_cart, "q"));
  EXPECT_EQ(due(), 0);
  user = carted;
  EXPECT_THAT(fire(t0 + 1 + hour), ElementsAre(what::fired, what::no_effect));
  EXPECT_EQ(due(), 0);
}

TEST_F(triggers, win_back_waits_for_the_days_and_for_another_absence) {
  auto r = rule_of(trigger_kind::win_back, {"30d"});
  r.conditions = {"orders >= 1"};
  use({r});
  user.apply(t0, acts(activity_type::view, "p"));
  EXPECT_EQ(due(), 0);
  user.apply(t0 + 1, orders("o", order_status::completed, {{"p", 1, 10}}));
  EXPECT_EQ(due(), t0 + 1 + 30 * day);
  EXPECT_THAT(fire(t0 + 1 + 30 * day), ElementsAre(what::fired, what::no_effect));
  EXPECT_EQ(due(), 0);
  user.apply(t0 + 40 * day, acts(activity_type::view, "p"));
  EXPECT_EQ(due(), t0 + 70 * day);
}

TEST_F(triggers, high_intent_fires_once_a_session_and_not_after_the_order) {
  auto r = rule_of(trigger_kind::high_intent);
  r.conditions = {"cart_value >= 50"};
  use({r});
  user.apply(t0, acts(activity_type::add_to_cart, "p", 40));
  EXPECT_EQ(high_intent(user.state, world(), t0).at(0).why, hindrance::condition);
  user.apply(t0 + 1, acts(activity_type::add_to_cart, "q", 40));
  std::vector<what> notes;
  const auto armed = high_intent(user.state, world(), t0 + 1);
  ASSERT_EQ(armed.at(0).why, hindrance::none);
  decide(armed[0], t0 + 1, notes);
  EXPECT_THAT(notes, ElementsAre(what::fired, what::no_effect));
  EXPECT_TRUE(high_intent(user.state, world(), t0 + 2).empty());
  user.apply(t0 + day, acts(activity_type::add_to_cart, "q", 40));
  EXPECT_EQ(high_intent(user.state, world(), t0 + day).size(), 1U);
  user.apply(t0 + day + 1, orders("o", order_status::completed, {{"q", 1, 40}}));
  EXPECT_TRUE(high_intent(user.state, world(), t0 + day + 1).empty());
}

class item_triggers : public triggers {
 protected:
  item_triggers() {
    auto drop = rule_of(trigger_kind::price_drop);
    drop.min_drop_percent = 10;
    use({drop, rule_of(trigger_kind::back_in_stock)});
    user.apply(t0, acts(activity_type::view, "p", 100));
  }
  item_change now(double price, std::int64_t number, bool came_back = false) {
    item i;
    i.product_id = "p";
    i.price = price;
    model.put(i);
    return {"p", price, true, came_back, number};
  }
  std::vector<armed_trigger> of(const item_change& c) {
    return triggers_of(c, user.state, world(), t0 + hour);
  }
};

TEST_F(item_triggers, a_price_that_fell_enough_below_what_was_seen) {
  EXPECT_TRUE(of(now(95, 1)).empty());
  EXPECT_TRUE(of(now(120, 2)).empty());
  const auto armed = of(now(80, 3));
  ASSERT_EQ(armed.size(), 1U);
  std::vector<what> notes;
  decide(armed[0], t0 + hour, notes);
  EXPECT_THAT(notes, ElementsAre(what::fired, what::no_effect));
  EXPECT_EQ(last.items.at(0).price_before, 100);
  EXPECT_EQ(last.items.at(0).price, 80);
  EXPECT_THAT(last.reason, HasSubstr("fell from 100.00 to 80.00"));
  // The same price told again is no news, a lower one is.
  EXPECT_TRUE(of(now(80, 4)).empty());
  EXPECT_TRUE(of(now(79, 5)).empty());
  EXPECT_EQ(of(now(70, 6)).size(), 1U);
}

TEST_F(item_triggers, only_for_who_met_the_item_and_did_not_buy_it) {
  user.apply(t0 + 1, orders("o", order_status::completed, {{"p", 1, 100}}));
  EXPECT_TRUE(of(now(50, 1)).empty());
  subject other;
  other.apply(t0, acts(activity_type::view, "q", 100));
  EXPECT_TRUE(triggers_of(now(50, 2), other.state, world(), t0).empty());
}

TEST_F(item_triggers, back_in_stock) {
  const auto armed = of(now(100, 7, true));
  ASSERT_EQ(armed.size(), 1U);
  std::vector<what> notes;
  decide(armed[0], t0 + hour, notes);
  EXPECT_EQ(last.kind, trigger_kind::back_in_stock);
  EXPECT_THAT(of(now(100, 7, true)), ElementsAre()); // the same record again
}

TEST_F(item_triggers, a_change_in_the_quiet_hours_waits_and_is_looked_at_again) {
  auto drop = rule_of(trigger_kind::price_drop);
  drop.quiet_from = "22:00";
  drop.quiet_until = "08:00";
  use({drop});
  auto armed = of(now(80, 3)); // at 01:00
  ASSERT_EQ(armed.size(), 1U);
  EXPECT_EQ(armed[0].why, hindrance::quiet);
  std::vector<what> notes;
  decide(armed[0], t0 + hour, notes);
  EXPECT_THAT(notes, ElementsAre());
  EXPECT_EQ(due(), t0 + 8 * hour);
  const auto asleep = user;
  EXPECT_THAT(fire(t0 + 8 * hour), ElementsAre(what::fired, what::no_effect));
  EXPECT_EQ(last.items.at(0).price_before, 100);
  EXPECT_EQ(due(), 0);
  user = asleep;
  now(100, 4); // the price rose again overnight
  EXPECT_THAT(fire(t0 + 8 * hour), ElementsAre(what::skipped, what::no_effect));
  EXPECT_EQ(due(), 0);
}

TEST_F(triggers, an_order_in_the_window_is_the_newest_triggers_and_feeds_its_offer) {
  use({rule_of(trigger_kind::cart_abandoned, {"30m"})});
  user.apply(t0, acts(activity_type::add_to_cart, "p", 10));
  const auto armed = armed_timers(user.state, world());
  auto f = composed(armed.at(0), user.state, model, ranking, world(), t0 + 30 * minute);
  const auto served = serves("d1");
  f.offer = to_msgpack(served);
  const auto number = user.next_offset;
  user.apply(t0 + 30 * minute, f);
  user.apply(t0 + 30 * minute, served);
  std::vector<trigger_note> notes;
  const auto order = orders("o", order_status::completed, {{"p", 1, 10}});
  engine::apply(user.state, riq::testing::at(t0 + hour, order, "o"), user.next_offset++,
                user.settings, user.updates, &notes);
  ASSERT_EQ(notes.size(), 1U);
  EXPECT_EQ(notes[0].kind, what::converted);
  EXPECT_EQ(notes[0].offset, number);
  EXPECT_EQ(notes[0].order_id, "o");
  EXPECT_EQ(notes[0].decision_id, "d1");
  EXPECT_TRUE(user.state.bandit.pending.at(0).rewarded);
  // One trigger, one conversion.
  notes.clear();
  const auto again = orders("o2", order_status::completed, {{"p", 1, 10}});
  engine::apply(user.state, riq::testing::at(t0 + 2 * hour, again, "o2"), user.next_offset++,
                user.settings, user.updates, &notes);
  EXPECT_TRUE(notes.empty());
}

TEST_F(triggers, an_order_after_the_window_is_nobodys) {
  settings.attribution_hours = 1;
  use({rule_of(trigger_kind::cart_abandoned, {"30m"})});
  user.apply(t0, acts(activity_type::add_to_cart, "p", 10));
  fire(t0 + 30 * minute);
  std::vector<trigger_note> notes;
  const auto order = orders("o", order_status::completed, {{"p", 1, 10}});
  engine::apply(user.state, riq::testing::at(t0 + 2 * hour, order, "o"), user.next_offset++,
                user.settings, user.updates, &notes);
  EXPECT_TRUE(notes.empty());
}

TEST_F(triggers, an_erased_user_is_owed_nothing) {
  use({rule_of(trigger_kind::cart_abandoned, {"30m"})});
  user.apply(t0, acts(activity_type::add_to_cart, "p", 10));
  const auto armed = armed_timers(user.state, world());
  const auto f = composed(armed.at(0), user.state, model, ranking, world(), t0 + 30 * minute);
  user.apply(t0 + 1, user_erased{});
  std::vector<trigger_note> notes;
  engine::apply(user.state, riq::testing::at(t0 + 30 * minute, f, "x"), user.next_offset++,
                user.settings, user.updates, &notes);
  ASSERT_EQ(notes.size(), 1U);
  EXPECT_EQ(notes[0].kind, what::no_effect);
  EXPECT_TRUE(user.state.triggers->marks.empty());
}

} // namespace
} // namespace riq::engine
