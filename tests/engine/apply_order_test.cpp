#include <algorithm>

#include "engine/features.hpp"
#include "user_events.hpp"

namespace riq::engine {
namespace {

using namespace riq::testing;
using enum order_status;

class apply_orders : public ::testing::Test, public subject {
 protected:
  void order_at(std::int64_t time, const std::string& id, order_status status,
                std::vector<order_line> lines = {{"p", 2, 10}}) {
    if (status == cancelled) lines.clear();
    apply(time, orders(id, status, std::move(lines)));
  }
  std::uint64_t bought(std::int64_t now = t0) const {
    return features_of(state, now, settings).purchases_30d;
  }
};

TEST_F(apply_orders, a_completed_order_is_a_purchase) {
  order_at(t0, "o1", completed, {{"a", 2, 10}, {"b", 1, 5}});
  EXPECT_EQ(bought(), 1U);
  EXPECT_EQ(state.total.orders, 1U);
  EXPECT_EQ(state.total.units, 3U);
  EXPECT_EQ(state.total.spent, 25);
  EXPECT_EQ(state.purchases.at(0).amount, 25);
  EXPECT_EQ(state.purchased, (std::vector<std::string>{"a", "b"}));
  ASSERT_EQ(updates.size(), 2U);
  EXPECT_EQ(updates[0].touch, touch_kind::purchase);
  EXPECT_EQ(updates[0].quantity, 2U);
  EXPECT_EQ(updates[1].product_id, "b");
  EXPECT_EQ(updates[0].session_key, updates[1].session_key);
}

TEST_F(apply_orders, a_checkout_is_none_yet) {
  order_at(t0, "o1", checkout);
  EXPECT_EQ(bought(), 0U);
  EXPECT_TRUE(state.purchased.empty());
  EXPECT_TRUE(updates.empty());
  EXPECT_EQ(state.orders.at(0).status, checkout);
  order_at(t0 + 1, "o1", completed);
  EXPECT_EQ(bought(), 1U);
  EXPECT_EQ(state.orders.size(), 1U);
}

TEST_F(apply_orders, the_same_order_counts_once_whatever_its_event_ids) {
  order_at(t0, "o1", completed);
  order_at(t0 + 1, "o1", completed);
  order_at(t0 + 2, "o1", checkout); // late
  EXPECT_EQ(bought(), 1U);
  EXPECT_EQ(state.total.orders, 1U);
  EXPECT_EQ(state.orders.at(0).status, completed);
}

TEST_F(apply_orders, a_cancellation_takes_the_purchase_back_once) {
  order_at(t0, "o1", completed);
  order_at(t0 + day, "o2", completed);
  order_at(t0 + 2 * day, "o1", cancelled);
  order_at(t0 + 2 * day, "o1", cancelled);
  order_at(t0 + 2 * day, "o1", completed); // a retry of the order does not revive it
  EXPECT_EQ(bought(t0 + 2 * day), 1U);
  EXPECT_EQ(state.total.orders, 2U);
  EXPECT_EQ(state.total.cancellations, 1U);
  EXPECT_EQ(state.purchases.at(0).amount, 0);
  EXPECT_EQ(state.purchases.at(1).amount, 20);
}

TEST_F(apply_orders, cancelling_before_or_after_the_order_comes_to_the_same) {
  order_at(t0, "o1", completed);
  order_at(t0, "o1", cancelled);
  subject other;
  other.apply(t0, orders("o1", cancelled, {}));
  EXPECT_EQ(other.state.total.cancellations, 0U);
  other.apply(t0, orders("o1", completed, {{"p", 2, 10}}));
  EXPECT_TRUE(other.updates.empty());
  EXPECT_EQ(other.state.total.orders, state.total.orders);
  EXPECT_EQ(other.state.total.cancellations, state.total.cancellations);
  EXPECT_EQ(features_of(other.state, t0, settings).purchases_30d, bought());
  EXPECT_EQ(to_msgpack(other.state.orders), to_msgpack(state.orders));
  EXPECT_EQ(other.state.purchased, state.purchased);
}

TEST_F(apply_orders, what_was_cancelled_is_bought_no_more) {
  order_at(t0, "o1", completed, {{"a", 1, 10}, {"b", 1, 10}, {"a", 1, 9}});
  order_at(t0 + 1, "o2", completed, {{"b", 1, 10}});
  order_at(t0 + 2, "o1", cancelled);
  EXPECT_EQ(state.purchased, (std::vector<std::string>{"b"})); // by the other order
  order_at(t0 + 3, "o3", cancelled);                           // before its order
  order_at(t0 + 4, "o3", completed, {{"b", 1, 10}, {"c", 1, 10}});
  EXPECT_EQ(state.purchased, (std::vector<std::string>{"b"}));
  order_at(t0 + 5, "o2", cancelled);
  EXPECT_TRUE(state.purchased.empty());
}

TEST_F(apply_orders, what_an_order_bought_that_is_forgotten_stays_bought) {
  order_at(t0, "o", completed, {{"a", 1, 10}});
  for (std::size_t i = 0; i < bounds::open_orders; ++i) // the last of them takes the place of "o"
    order_at(t0, "o" + std::to_string(i), completed, {{"a", 1, 10}});
  for (std::size_t i = 0; i < bounds::open_orders; ++i)
    order_at(t0, "o" + std::to_string(i), cancelled);
  EXPECT_EQ(state.purchased, (std::vector<std::string>{"a"}));
  // So does what a snapshot from before they were told apart has.
  subject other;
  other.state.purchased = {"a"};
  other.apply(t0, orders("o", completed, {{"a", 1, 10}}));
  other.apply(t0, orders("o", cancelled, {}));
  EXPECT_EQ(other.state.purchased, (std::vector<std::string>{"a"}));
}

TEST_F(apply_orders, a_cancelled_checkout_is_no_cancelled_purchase) {
  order_at(t0, "o1", checkout);
  order_at(t0, "o1", cancelled);
  EXPECT_EQ(state.total.cancellations, 0U);
  EXPECT_EQ(bought(), 0U);
}

TEST_F(apply_orders, known_orders_are_bounded) {
  for (int i = 0; i < 100; ++i) order_at(t0, "o" + std::to_string(i), completed);
  EXPECT_EQ(state.orders.size(), bounds::open_orders);
  EXPECT_EQ(bought(), 100U);
}

class cart_rules : public apply_orders {
 protected:
  void put(std::int64_t time, const std::string& product, std::uint32_t pieces = 1,
           double price = 0) {
    auto a = acts(activity_type::add_to_cart, product, price);
    a.quantity = pieces;
    apply(time, a);
  }
  void take(std::int64_t time, const std::string& product, std::uint32_t pieces = 1) {
    auto a = acts(activity_type::remove_from_cart, product);
    a.quantity = pieces;
    apply(time, a);
  }
  std::string lines() const {
    std::string text;
    for (const auto& l : state.basket.lines)
      text += l.product_id + '*' + std::to_string(l.quantity) + ' ';
    return text;
  }
};

TEST_F(cart_rules, pieces_are_put_in_and_taken_out) {
  put(t0, "a", 2, 10);
  put(t0 + 1, "b");
  put(t0 + 2, "a");
  EXPECT_EQ(lines(), "a*3 b*1 ");
  EXPECT_EQ(cart_value(state), 30);
  take(t0 + 3, "a", 2);
  take(t0 + 4, "b");
  take(t0 + 5, "c");
  EXPECT_EQ(lines(), "a*1 ");
  EXPECT_EQ(state.basket.updated, t0 + 4);
}

TEST_F(cart_rules, a_completed_order_empties_the_cart_and_makes_older_events_void) {
  put(t0, "a");
  put(t0 + 10, "b");
  order_at(t0 + 5, "o", completed, {{"a", 1, 1}}); // late: b was put in after it
  EXPECT_EQ(lines(), "b*1 ");
  put(t0 + 4, "c");
  put(t0 + 5, "c");
  EXPECT_EQ(lines(), "b*1 ");
  EXPECT_EQ(state.basket.updated, t0 + 10);
  put(t0 + 6, "c");
  EXPECT_EQ(lines(), "b*1 c*1 ");
}

TEST_F(cart_rules, an_addition_that_arrives_after_its_removal_adds_nothing) {
  take(t0 + 2, "a");
  put(t0 + 1, "a");
  EXPECT_EQ(lines(), "");
  EXPECT_EQ(state.basket.updated, t0 + 2); // as in the other order
  put(t0 + 1, "a");                        // there were two
  EXPECT_EQ(lines(), "a*1 ");
  put(t0 + 3, "b", 2);
  take(t0 + 4, "b", 3);
  put(t0 + 5, "b"); // again
  EXPECT_EQ(lines(), "a*1 b*1 ");
  put(t0 + 3, "b", 4); // late: one of them was the third to be taken out
  EXPECT_EQ(lines(), "a*1 b*4 ");
}

TEST_F(cart_rules, removals_are_remembered_until_the_order_and_within_a_bound) {
  take(t0 + 2, "a");
  EXPECT_EQ(state.basket.removals->size(), 1U);
  order_at(t0 + 2, "o", completed);
  EXPECT_FALSE(state.basket.removals.takes_room());
  for (int i = 0; i < 100; ++i) take(t0 + 3 + i, "p" + std::to_string(i));
  EXPECT_EQ(state.basket.removals->size(), bounds::cart_removals);
  put(t0 + 4, "p99");
  EXPECT_EQ(lines(), "");
}

TEST_F(cart_rules, the_timer_comes_due_after_the_last_activity) {
  EXPECT_EQ(next_due(state, settings), 0);
  put(t0, "a");
  EXPECT_EQ(next_due(state, settings), t0 + 30 * minute);
  apply(t0 + 10 * minute, acts(activity_type::view, "b"));
  EXPECT_EQ(next_due(state, settings), t0 + 40 * minute);
  EXPECT_TRUE(due_facts(state, t0 + 40 * minute - 1, settings).empty());
  const auto facts = due_facts(state, t0 + 40 * minute, settings);
  ASSERT_EQ(facts.size(), 1U);
  EXPECT_EQ(std::get<cart_abandoned>(facts[0].what).cart_time, t0);
}

TEST_F(cart_rules, an_abandoned_cart_is_found_once) {
  put(t0, "a");
  const auto due = next_due(state, settings);
  const auto f = due_facts(state, due, settings).at(0).what;
  apply(due, f);
  EXPECT_EQ(state.basket.abandonments, 1U);
  EXPECT_EQ(state.basket.abandoned, t0);
  EXPECT_EQ(state.last_active, t0);
  EXPECT_EQ(state.total.events, 1U);
  EXPECT_EQ(next_due(state, settings), 0);
  apply(due, f);
  EXPECT_EQ(state.basket.abandonments, 1U);
  put(due + hour, "b"); // the next one can be abandoned again
  EXPECT_EQ(next_due(state, settings), due + hour + 30 * minute);
}

TEST_F(cart_rules, an_abandonment_is_void_when_the_user_was_quicker) {
  put(t0, "a");
  const auto due = next_due(state, settings);
  const auto f = due_facts(state, due, settings).at(0).what;
  auto back = state;
  apply(due - minute, acts(activity_type::view, "b")); // came back
  apply(due, f);
  EXPECT_EQ(state.basket.abandonments, 0U);
  state = back;
  put(due - minute, "b"); // another cart
  apply(due, f);
  EXPECT_EQ(state.basket.abandonments, 0U);
  state = back;
  take(t0 + 1, "a"); // an empty one
  apply(due, f);
  EXPECT_EQ(state.basket.abandonments, 0U);
  EXPECT_EQ(next_due(state, settings), 0);
}

TEST_F(cart_rules, an_abandonment_counts_the_same_with_and_without_its_timer) {
  for (const auto later : {30 * minute, 3 * hour}) { // also at the very moment
    const auto begin = [](subject& s) {
      auto a = acts(activity_type::add_to_cart, "a");
      s.apply(t0, a);
    };
    subject slow;
    begin(slow);
    const auto due = due_facts(slow.state, t0 + 30 * minute, settings).at(0);
    slow.apply(due.time, due.what);
    slow.apply(t0 + later, acts(activity_type::view, "b"));
    subject fast;
    begin(fast);
    fast.apply(t0 + later, acts(activity_type::view, "b"));
    EXPECT_EQ(fast.state.basket.abandonments, 1U);
    EXPECT_EQ(to_msgpack(fast.state.basket), to_msgpack(slow.state.basket));
    fast.apply(due.time, due.what); // void
    EXPECT_EQ(to_msgpack(fast.state.basket), to_msgpack(slow.state.basket));
    EXPECT_EQ(next_due(fast.state, settings), 0);
  }
  put(t0, "a");
  order_at(t0 + hour, "o", completed);
  EXPECT_EQ(state.basket.abandonments, 1U);
  put(t0 + 2 * hour, "a");
  apply(t0 + 3 * hour, orders("o", cancelled, {})); // not the user's doing
  EXPECT_EQ(state.basket.abandonments, 1U);
}

TEST_F(cart_rules, who_came_back_in_time_takes_an_abandonment_back_that_was_found_before) {
  put(t0, "a");
  const auto due = due_facts(state, t0 + 30 * minute, settings).at(0);
  apply(due.time, due.what);
  const auto found = state;
  apply(t0 + 10 * minute, acts(activity_type::view, "b")); // was on its way
  EXPECT_EQ(state.basket.abandonments, 0U);
  EXPECT_EQ(next_due(state, settings), t0 + 40 * minute);
  apply(t0 + 50 * minute, acts(activity_type::view, "b"));
  EXPECT_EQ(state.basket.abandonments, 1U);
  apply(t0 + 55 * minute, acts(activity_type::view, "b")); // of the next visit
  apply(t0 + 20 * minute, acts(activity_type::view, "b")); // cannot be told any more
  EXPECT_EQ(state.basket.abandonments, 1U);

  state = found;
  order_at(t0 + 20 * minute, "o", completed);
  EXPECT_EQ(state.basket.abandonments, 0U);
}

TEST_F(cart_rules, a_change_from_before_the_user_left_is_not_another_cart_to_abandon) {
  put(t0, "a");
  apply(t0 + 5 * minute, acts(activity_type::view, "b"));
  const auto due = due_facts(state, t0 + 35 * minute, settings).at(0);
  apply(due.time, due.what);
  put(t0 + 2 * minute, "b"); // was on its way
  EXPECT_EQ(lines(), "a*1 b*1 ");
  EXPECT_EQ(next_due(state, settings), 0);
  apply(t0 + 2 * hour, acts(activity_type::view, "b"));
  EXPECT_EQ(state.basket.abandonments, 1U);
}

} // namespace
} // namespace riq::engine
