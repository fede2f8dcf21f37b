// What carts, sessions and retention mean, case by case.
#include <gtest/gtest.h>

#include "tests/engine/analytics_support.hpp"

namespace riq::testing {
namespace {

using enum activity_type;

struct counted_shop : miniature {
  void buys(std::int64_t time, const std::string& id, const std::string& user = "u") {
    does(time, orders(id, order_status::completed, {{"p", 1, 10}}), user);
  }
  std::int64_t carts(cart_status s, std::int64_t from = t0 - day, std::int64_t to = t0 + 90 * day) {
    return sum(from, to).carts[static_cast<std::size_t>(s)];
  }
  std::array<std::int64_t, 4> standing() {
    return {carts(cart_status::open), carts(cart_status::converted), carts(cart_status::abandoned),
            carts(cart_status::emptied)};
  }
  using counts = std::array<std::int64_t, 4>;
  analytics_levels levels() const {
    return numbers.answer({0, 1, 0, 0, bit_of(analytics_part::levels)}).levels;
  }
};

TEST(counting_carts, an_order_within_half_an_hour_converts) {
  counted_shop s;
  s.does(t0, acts(add_to_cart, "p", 10));
  EXPECT_EQ(s.standing(), (counted_shop::counts{1, 0, 0, 0}));
  EXPECT_EQ(s.levels().open_value, to_micros(10));
  s.buys(t0 + 30 * minute, "o1");
  EXPECT_EQ(s.standing(), (counted_shop::counts{0, 1, 0, 0}));
  EXPECT_EQ(s.levels().open_carts, 0);
  EXPECT_EQ(s.levels().open_value, 0);
}

TEST(counting_carts, orders_and_carts_beyond_all_measure_count_as_the_most) {
  counted_shop s;
  const order_line dearest{"p", 10'000, 1e9};
  for (const auto* id : {"o1", "o2", "o3"})
    s.does(t0, orders(id, order_status::completed, {dearest, dearest}));
  s.does(t0, orders("o1", order_status::cancelled, {}));
  s.does(t0, orders("o2", order_status::cancelled, {}));
  const auto b = s.sum(t0 - day, t0 + day);
  EXPECT_EQ(b.orders, 3);
  EXPECT_EQ(b.revenue, most_micros);
  EXPECT_EQ(b.cancelled, most_micros);
  EXPECT_EQ(b.products.rows[0].counts.revenue, most_micros);
  EXPECT_EQ(b.countries.rows[0].counts.revenue, most_micros);
  auto dear = acts(add_to_cart, "p", 1e9);
  dear.quantity = 10'000;
  for (const auto* user : {"a", "b", "c"}) s.does(t0 + minute, dear, user);
  EXPECT_EQ(s.levels().open_value, most_micros);
  micros lowest = -most_micros;
  add_micros(lowest, -1);
  EXPECT_EQ(lowest, -most_micros);
}

TEST(counting_carts, an_order_after_that_finds_it_abandoned) {
  counted_shop s;
  s.does(t0, acts(add_to_cart, "p", 10));
  s.buys(t0 + 30 * minute + 1, "o1");
  EXPECT_EQ(s.standing(), (counted_shop::counts{0, 0, 1, 0}));
  s.does(t0 + hour, acts(add_to_cart, "q", 5)); // another cart
  EXPECT_EQ(s.standing(), (counted_shop::counts{1, 0, 1, 0}));
}

TEST(counting_carts, it_is_abandoned_for_a_shopper_who_only_looks_around) {
  counted_shop s;
  s.does(t0, acts(add_to_cart, "p", 10));
  for (int i = 1; i <= 3; ++i) s.does(t0 + i * 10 * minute, acts(view, "q"));
  EXPECT_EQ(s.standing(), (counted_shop::counts{1, 0, 0, 0}));
  s.does(t0 + 31 * minute, acts(view, "q"));
  EXPECT_EQ(s.standing(), (counted_shop::counts{0, 0, 1, 0}));
}

TEST(counting_carts, the_timer_tells_of_those_who_left_and_a_cart_event_reopens) {
  counted_shop s;
  s.does(t0, acts(add_to_cart, "p", 10));
  s.does(t0 + 30 * minute, cart_abandoned{t0});
  EXPECT_EQ(s.standing(), (counted_shop::counts{0, 0, 1, 0}));
  EXPECT_EQ(s.levels().open_value, 0);
  s.does(t0 + 2 * hour, acts(add_to_cart, "q", 5));
  EXPECT_EQ(s.standing(), (counted_shop::counts{1, 0, 0, 0})); // the same cart, at its old place
  EXPECT_EQ(s.levels().open_value, to_micros(15));
  EXPECT_EQ(s.carts(cart_status::open, t0, t0 + minute), 1);
  s.buys(t0 + 2 * hour + minute, "o1");
  EXPECT_EQ(s.standing(), (counted_shop::counts{0, 1, 0, 0}));
}

TEST(counting_carts, an_abandonment_counts_the_same_with_and_without_its_timer) {
  const auto found = [](counted_shop& s) {
    return s.sum(t0, t0 + hour).events[static_cast<std::size_t>(event_kind::cart_abandoned)];
  };
  for (const auto later : {30 * minute, 3 * hour}) {
    counted_shop slow, fast;
    for (auto* s : {&slow, &fast}) {
      s->does(t0, acts(add_to_cart, "p", 10));
      if (s == &slow) s->does(t0 + 30 * minute, cart_abandoned{t0});
      s->does(t0 + later, acts(view, "q"));
      EXPECT_EQ(s->standing(), (counted_shop::counts{0, 0, 1, 0}));
      EXPECT_EQ(s->levels().open_carts, 0);
      EXPECT_EQ(s->levels().open_value, 0);
      EXPECT_EQ(found(*s), 1);
      s->does(t0 + 30 * minute, cart_abandoned{t0}); // void, and no second one
      EXPECT_EQ(found(*s), 1);
    }
    EXPECT_EQ(fast.sum(t0 - day, t0 + day).events, slow.sum(t0 - day, t0 + day).events);
  }
}

TEST(counting_carts, an_abandonment_that_was_none_is_taken_back) {
  counted_shop s;
  const auto found = [&] {
    return s.sum(t0 - day, t0 + day).events[static_cast<std::size_t>(event_kind::cart_abandoned)];
  };
  s.does(t0, acts(add_to_cart, "p", 10));
  s.does(t0 + 5 * minute, acts(view, "q"));
  s.does(t0 + 35 * minute, cart_abandoned{t0});
  s.does(t0 + 2 * minute, acts(add_to_cart, "q", 5)); // from before the user left
  EXPECT_EQ(found(), 1);
  EXPECT_EQ(s.standing(), (counted_shop::counts{0, 0, 1, 0}));
  s.does(t0 + 10 * minute, acts(add_to_cart, "q", 5)); // was on its way
  EXPECT_EQ(found(), 0);
  EXPECT_EQ(s.standing(), (counted_shop::counts{1, 0, 0, 0}));
  s.does(t0 + 40 * minute, cart_abandoned{t0 + 10 * minute});
  EXPECT_EQ(found(), 1);
  EXPECT_EQ(s.standing(), (counted_shop::counts{0, 0, 1, 0}));
}

TEST(counting_carts, an_order_that_arrives_late_takes_an_abandonment_back) {
  counted_shop s;
  s.does(t0, acts(add_to_cart, "p", 10));
  s.does(t0 + 30 * minute, cart_abandoned{t0});
  s.buys(t0 + 5 * minute, "o1");
  EXPECT_EQ(s.standing(), (counted_shop::counts{0, 1, 0, 0}));
}

TEST(counting_carts, taking_everything_out_empties_it) {
  counted_shop s;
  s.does(t0, acts(add_to_cart, "p", 10));
  s.does(t0 + minute, acts(remove_from_cart, "p"));
  EXPECT_EQ(s.standing(), (counted_shop::counts{0, 0, 0, 1}));
  s.does(t0 + 30 * minute, acts(add_to_cart, "p", 10));
  EXPECT_EQ(s.standing(), (counted_shop::counts{1, 0, 0, 1}));
}

TEST(counting_carts, what_was_put_in_after_a_late_order_is_another_cart) {
  counted_shop s;
  s.does(t0, acts(add_to_cart, "p", 10));
  s.does(t0 + 10 * minute, acts(add_to_cart, "q", 5));
  s.buys(t0 + 5 * minute, "o1");
  EXPECT_EQ(s.standing(), (counted_shop::counts{1, 1, 0, 0}));
  EXPECT_EQ(s.levels().open_value, to_micros(5));
}

TEST(counting_carts, the_same_order_twice_and_its_retry_convert_once) {
  counted_shop s;
  s.does(t0, acts(add_to_cart, "p", 10));
  s.buys(t0 + minute, "o1");
  s.buys(t0 + minute, "o1");
  EXPECT_EQ(s.standing(), (counted_shop::counts{0, 1, 0, 0}));
  EXPECT_EQ(s.sum(t0, t0 + hour).orders, 1);
}

TEST(counting_carts, forgetting_a_user_closes_the_open_cart) {
  counted_shop s;
  s.does(t0, acts(add_to_cart, "p", 10));
  s.does(t0 + minute, user_erased{});
  EXPECT_EQ(s.levels().open_carts, 0);
  EXPECT_EQ(s.levels().open_value, 0);
  std::int64_t users = 0;
  for (const auto& row : s.levels().segments)
    for (const auto n : row.users) users += n;
  EXPECT_EQ(users, 0);
  s.does(t0 + 2 * minute, acts(view, "p"));
  EXPECT_EQ(s.sum(t0, t0 + hour).events[static_cast<std::size_t>(event_kind::view)], 1);
}

std::map<std::string, std::int64_t> paths(const counted_shop& s) {
  std::map<std::string, std::int64_t> out;
  for (const auto& row : s.sum(t0 - day, t0 + day).paths.rows)
    if (row.counts.sessions != 0) out[row.name] = row.counts.sessions;
  return out;
}

TEST(counting_sessions, a_session_is_in_one_path_that_grows) {
  counted_shop s;
  s.does(t0, acts(view, "p"));
  EXPECT_EQ(paths(s), (std::map<std::string, std::int64_t>{{"1", 1}}));
  s.does(t0 + minute, acts(add_to_cart, "p", 10));
  s.does(t0 + 2 * minute, acts(view, "q"));
  EXPECT_EQ(paths(s), (std::map<std::string, std::int64_t>{{"51", 1}}));
  s.buys(t0 + 3 * minute, "o1"); // with a checkout of its own
  EXPECT_EQ(paths(s), (std::map<std::string, std::int64_t>{{"9851", 1}}));
  const auto rows = s.sum(t0, t0 + hour).paths.rows;
  for (const auto& row : rows)
    if (row.name == "9851") {
      EXPECT_EQ(row.counts.after_ms[1], minute);
      EXPECT_EQ(row.counts.after_ms[3], 3 * minute);
    } else {
      EXPECT_EQ(row.counts.after_ms[1], 0);
    }
  s.does(t0 + 2 * hour, acts(view, "p")); // the next session
  EXPECT_EQ(paths(s), (std::map<std::string, std::int64_t>{{"9851", 1}, {"1", 1}}));
}

TEST(counting_sessions, a_late_event_takes_its_place_in_time) {
  counted_shop s;
  s.does(t0 + 5 * minute, acts(add_to_cart, "p", 10));
  s.does(t0, acts(view, "p"));
  EXPECT_EQ(paths(s), (std::map<std::string, std::int64_t>{{"51", 1}}));
}

TEST(counting_users, weeks_are_from_the_first_applied_event) {
  counted_shop s;
  const auto monday = t0 - day; // 2023-11-13
  s.does(monday, acts(view, "p"));
  s.does(monday + 6 * day, acts(view, "p"));
  s.does(monday + 14 * day, acts(view, "p"));
  s.buys(monday + 14 * day + minute, "o1");
  const auto rows = s.numbers.answer({0, 1, 0, 0, bit_of(analytics_part::cohorts)}).cohorts;
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].users, 1);
  EXPECT_EQ(rows[0].active[0], 1);
  EXPECT_EQ(rows[0].active[1], 0);
  EXPECT_EQ(rows[0].active[2], 1);
  EXPECT_EQ(rows[0].revenue[2], to_micros(10));
  EXPECT_EQ((std::int64_t{rows[0].week} * 7 - 3) * day, monday);
}

TEST(counting_offers, who_is_held_out_was_offered_nothing) {
  counted_shop s;
  s.does(t0, serves("d1", ""));
  const auto all = s.sum(t0, t0 + hour);
  EXPECT_TRUE(all.arms.rows.empty());
  EXPECT_EQ(all.events[static_cast<std::size_t>(event_kind::offer_served)], 1);
}

TEST(counting_offers, a_decision_is_served_and_rewarded_once) {
  counted_shop s;
  auto offer = serves("d1", "a", 0.05);
  offer.arms = {"a", "b"};
  s.does(t0, offer);
  s.does(t0 + minute, rewards("d1", t0));
  s.does(t0 + 2 * minute, rewards("d1", t0));
  auto o = orders("o1", order_status::completed, {{"p", 1, 10}});
  o.offer_decision_id = "d1";
  s.does(t0 + 3 * minute, o);
  const auto rows = s.sum(t0, t0 + hour).arms.rows;
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].counts.served, 1);
  EXPECT_EQ(rows[0].counts.explored, 1);
  EXPECT_EQ(rows[0].counts.accepted, 1);
  EXPECT_EQ(rows[0].counts.reward, to_micros(1));
}

} // namespace
} // namespace riq::testing
