// The rows of the answers, on small shops whose numbers are known.
#include "engine/analytics/tabulate.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "engine/analytics/aggregate.hpp"
#include "tests/engine/analytics_support.hpp"

namespace riq::testing {
namespace {

using enum activity_type;
using engine::analytics::day_ms;
using engine::analytics::hour_ms;
using engine::analytics::minute_ms;

struct table_of {
  analytics_table table;

  double number(const analytics_cell& c) const {
    if (const auto* i = std::get_if<std::int64_t>(&c)) return static_cast<double>(*i);
    if (const auto* d = std::get_if<double>(&c)) return *d;
    ADD_FAILURE() << "no number: " << std::get<std::string>(c);
    return 0;
  }
  const analytics_cell& cell(std::size_t row, std::string_view column) const {
    for (std::size_t i = 0; i < table.columns.size(); ++i)
      if (table.columns[i] == column) return table.rows.at(row).at(i);
    ADD_FAILURE() << "no column " << column;
    static const analytics_cell none;
    return none;
  }
  double at(std::size_t row, std::string_view column) const { return number(cell(row, column)); }
  std::string text(std::size_t row, std::string_view column) const {
    return std::get<std::string>(cell(row, column));
  }
  double total(std::string_view name) const {
    for (const auto& [key, value] : table.totals)
      if (key == name) return number(value);
    ADD_FAILURE() << "no total " << name;
    return 0;
  }
};

struct tabulated_shop : miniature {
  analytics_request request(analytic name, std::int64_t from, std::int64_t to) const {
    analytics_request r;
    r.name = name;
    r.from = from;
    r.to = to;
    r.now = to;
    r.limit = 10;
    return r;
  }
  table_of ask(analytics_request r) const {
    engine::analytics::settle(r);
    auto slice = numbers.answer(engine::analytics::question_of(r));
    return {engine::analytics::tabulate(r, slice)};
  }
};

activity looks(const std::string& product, const std::string& category = "shoes") {
  auto a = acts(view, product, 10);
  a.category = category;
  return a;
}

TEST(analytics_tables, a_funnel_tells_who_came_how_far_and_how_fast) {
  tabulated_shop s;
  for (int i = 0; i < 4; ++i) s.does(t0, looks("p"), "u" + std::to_string(i));
  for (int i = 0; i < 2; ++i)
    s.does(t0 + (i + 1) * minute, acts(add_to_cart, "p", 10), "u" + std::to_string(i));
  s.does(t0 + 5 * minute, orders("o", order_status::completed, {{"p", 1, 10}}), "u0");
  s.does(t0, acts(add_to_cart, "p", 10), "straight"); // did not look before
  auto r = s.request(analytic::funnel, t0, t0 + hour);
  r.steps = {event_kind::view, event_kind::add_to_cart, event_kind::order};
  const auto a = s.ask(r);
  ASSERT_EQ(a.table.rows.size(), 3U);
  EXPECT_EQ(a.total("sessions"), 5);
  EXPECT_EQ(a.at(0, "sessions"), 4);
  EXPECT_EQ(a.at(1, "sessions"), 2);
  EXPECT_EQ(a.at(2, "sessions"), 1);
  EXPECT_EQ(a.at(1, "dropOff"), 0.5);
  EXPECT_EQ(a.at(2, "conversion"), 0.25);
  EXPECT_EQ(a.at(1, "secondsFromPrevious"), 90);
  EXPECT_EQ(a.at(2, "secondsFromPrevious"), 240);
  r.steps = {event_kind::add_to_cart, event_kind::view};
  EXPECT_EQ(s.ask(r).at(1, "sessions"), 0); // nobody in that order
}

TEST(analytics_tables, a_series_has_every_bucket_and_the_sums) {
  tabulated_shop s;
  s.does(t0 + minute, looks("p"));
  s.does(t0 + 3 * minute, looks("p"));
  s.does(t0 + 3 * minute, looks("p", "shoes.red"));
  s.does(t0 + 3 * minute, looks("p", "hats"));
  auto r = s.request(analytic::views_per_minute, t0, t0 + 5 * minute);
  const auto all = s.ask(r);
  ASSERT_EQ(all.table.rows.size(), 5U);
  EXPECT_EQ(all.at(0, "views"), 0);
  EXPECT_EQ(all.at(3, "views"), 3);
  EXPECT_EQ(all.total("views"), 4);
  EXPECT_EQ(all.total("perMinute"), 0.8);
  r.category = "shoes";
  EXPECT_EQ(s.ask(r).total("views"), 3);
}

TEST(analytics_tables, what_trends_is_above_its_own_past) {
  tabulated_shop s;
  const auto now = t0 + 2 * hour;
  for (int i = 0; i < 4; ++i) s.does(t0 + i * 10 * minute, looks("steady"));
  for (int i = 0; i < 4; ++i) s.does(now + i * minute, looks("steady"));
  for (int i = 0; i < 8; ++i) s.does(now + i * minute, looks("new"));
  for (int i = 0; i < 2; ++i) s.does(now + i * minute, looks("rare"));
  auto r = s.request(analytic::trending, now, now + hour);
  r.past_ms = 2 * hour;
  const auto a = s.ask(r);
  ASSERT_EQ(a.table.rows.size(), 2U);
  EXPECT_EQ(a.text(0, "productId"), "new");
  EXPECT_EQ(a.at(0, "score"), 8);
  EXPECT_EQ(a.text(1, "productId"), "steady");
  EXPECT_EQ(a.at(1, "expected"), 2);
  EXPECT_NEAR(a.at(1, "score"), 2 / std::sqrt(3.0), 1e-6);
  EXPECT_EQ(a.at(1, "growth"), 2);
}

TEST(analytics_tables, the_best_of_each_category) {
  tabulated_shop s;
  for (int i = 0; i < 3; ++i) s.does(t0 + i, looks("a"));
  s.does(t0, looks("b"));
  for (int i = 0; i < 9; ++i) s.does(t0 + i, looks("c", "hats"));
  auto r = s.request(analytic::top_products_by_category, t0, t0 + hour);
  r.rank = "views";
  const auto a = s.ask(r);
  ASSERT_EQ(a.table.rows.size(), 3U);
  EXPECT_EQ(a.text(0, "productId"), "c");
  EXPECT_EQ(a.text(1, "productId"), "a");
  EXPECT_EQ(a.at(2, "position"), 2);
  r.limit = 1;
  EXPECT_EQ(s.ask(r).table.rows.size(), 2U);
  r.category = "hats";
  EXPECT_EQ(s.ask(r).table.rows.size(), 1U);
}

TEST(analytics_tables, ranges_become_whole_buckets_that_are_kept) {
  const auto now = t0 + 10 * day;
  const auto settled = [&](std::int64_t from, std::int64_t to, std::int64_t step) {
    analytics_request r;
    r.now = now;
    r.from = from;
    r.to = to;
    r.step = step;
    engine::analytics::settle(r);
    return r;
  };
  EXPECT_EQ(settled(now - hour, now + 1, 0).step, minute_ms);
  EXPECT_EQ(settled(now - day, now + 1, 0).step, hour_ms);
  EXPECT_EQ(settled(now - 30 * day, now + 1, 0).step, day_ms);
  EXPECT_EQ(settled(now - 5 * hour, now - 4 * hour, minute_ms).step, hour_ms); // gone by then
  EXPECT_EQ(settled(now - 5 * day, now - 4 * day, minute_ms).step, day_ms);
  const auto r = settled(now - hour + 1, now + 1, minute_ms);
  EXPECT_EQ(r.from, now - hour);
  EXPECT_EQ(r.to, now + minute);
}

TEST(analytics_tables, minutes_become_hours_and_hours_days_and_nothing_is_lost) {
  tabulated_shop s;
  for (int h = 0; h < 24 * 9; ++h) {
    s.does(t0 + h * hour, looks("p"));
    s.does(t0 + h * hour + 20 * minute, looks("p"));
  }
  const auto end = t0 + 24 * 9 * hour;
  const auto r = s.request(analytic::views_per_minute, t0, end);
  EXPECT_EQ(s.ask(r).total("views"), 2 * 24 * 9);
  EXPECT_LT(s.numbers.entries(), 200U);
  // Two hours ago in minutes, two days ago in hours, all the rest in days.
  auto minutes = s.request(analytic::views_per_minute, end - hour, end);
  minutes.step = minute_ms;
  EXPECT_EQ(s.ask(minutes).at(20, "views"), 1);
  auto hours = s.request(analytic::views_per_minute, end - 2 * day, end - day);
  hours.step = hour_ms;
  EXPECT_EQ(s.ask(hours).at(5, "views"), 2);
  auto days = s.request(analytic::views_per_minute, t0, t0 + day);
  days.now = end;
  EXPECT_EQ(s.ask(days).at(0, "views"), 48);
  // Of a time that is not kept any more.
  s.does(t0 - 130 * day, looks("p"));
  EXPECT_EQ(s.numbers.answer({0, 1, 0, 0, 0}).too_old, 1);
}

} // namespace
} // namespace riq::testing
