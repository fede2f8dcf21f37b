#include "engine/features.hpp"

#include <rapidjson/document.h>

#include "user_events.hpp"

namespace riq::engine {
namespace {

using namespace riq::testing;

void buy(subject& s, std::int64_t time, const std::string& id, double price) {
  s.apply(time, orders(id, order_status::completed, {{"p", 1, price}}));
}

TEST(features, times_are_rfc_3339) {
  EXPECT_EQ(rfc3339(0), "");
  EXPECT_EQ(rfc3339(1'737'196'200'000), "2025-01-18T10:30:00Z");
  EXPECT_EQ(rfc3339(1'737'196'200'999), "2025-01-18T10:30:00Z");
  EXPECT_EQ(rfc3339(253'402'300'799'999), "9999-12-31T23:59:59Z");
}

TEST(features, windows_slide_by_utc_days) {
  subject s;
  s.apply(t0, acts(activity_type::view, "a"));
  s.apply(t0 + 3 * day, acts(activity_type::view, "a"));
  buy(s, t0 + 3 * day, "o", 10);
  const auto views = [&](std::int64_t now) {
    return features_of(s.state, now, s.settings).views_7d;
  };
  EXPECT_EQ(views(t0 + 3 * day), 2U);
  EXPECT_EQ(views(t0 + 7 * day - 1), 2U);
  EXPECT_EQ(views(t0 + 7 * day), 1U);
  EXPECT_EQ(views(t0 + 10 * day), 0U);
  const auto bought = [&](std::int64_t now) {
    return features_of(s.state, now, s.settings).purchases_30d;
  };
  EXPECT_EQ(bought(t0 + 33 * day - 1), 1U);
  EXPECT_EQ(bought(t0 + 33 * day), 0U);
}

TEST(features, the_mean_session_includes_the_current_one) {
  subject s;
  EXPECT_EQ(features_of(s.state, t0, s.settings).avg_session_sec, 0);
  s.apply(t0, acts(activity_type::view, "a"));
  s.apply(t0 + 10 * minute, acts(activity_type::view, "a"));
  EXPECT_EQ(features_of(s.state, t0, s.settings).avg_session_sec, 600);
  s.apply(t0 + 5 * hour, acts(activity_type::view, "a"));
  s.apply(t0 + 5 * hour + 20 * minute, acts(activity_type::view, "a"));
  EXPECT_EQ(features_of(s.state, t0, s.settings).avg_session_sec, 900);
}

TEST(features, favourites_are_the_heaviest_as_they_fade) {
  subject s;
  const auto look = [&](std::int64_t time, const std::string& category, int times) {
    auto a = acts(activity_type::view, "p");
    a.category = category;
    for (int i = 0; i < times; ++i) s.apply(time, a);
  };
  look(t0, "old", 7);
  look(t0 + 42 * day, "new", 1);
  look(t0 + 42 * day, "much", 3);
  for (int i = 0; i < 4; ++i) look(t0 + 42 * day, "also" + std::to_string(i), 2);
  EXPECT_EQ(features_of(s.state, t0 + 42 * day, s.settings).fav_categories,
            (std::vector<std::string>{"much", "also0", "also1", "also2", "also3"}));
}

TEST(features, price_sensitivity_compares_what_is_taken_with_what_is_looked_at) {
  subject s;
  EXPECT_EQ(price_sensitivity(s.state), 0.5);
  buy(s, t0, "o0", 10); // nothing was looked at
  EXPECT_EQ(price_sensitivity(s.state), 0.5);
  for (int i = 0; i < 5; ++i) s.apply(t0, acts(activity_type::view, "p", 100));
  buy(s, t0, "o1", 50);
  // One line, half as dear: its gap of 0.5 is shrunk by one pseudo-line to 0.25.
  EXPECT_NEAR(price_sensitivity(s.state), 0.625, 1e-9);
  subject dear;
  for (int i = 0; i < 5; ++i) dear.apply(t0, acts(activity_type::view, "p", 50));
  for (int i = 0; i < 9; ++i) dear.apply(t0, acts(activity_type::add_to_cart, "p", 100));
  EXPECT_NEAR(price_sensitivity(dear.state), 0.5 - 0.5 * 0.45, 1e-9);
}

TEST(features, viewed_prices_mean_geometrically) {
  subject s;
  s.apply(t0, acts(activity_type::view, "p", 1));
  s.apply(t0, acts(activity_type::view, "p", 0)); // not told
  for (int i = 0; i < 200; ++i) s.apply(t0, acts(activity_type::click, "p", 100));
  EXPECT_NEAR(std::exp(s.state.viewed_price), 100, 0.1); // the old one is forgotten
}

TEST(features, segments_follow_their_rules) {
  subject s;
  const auto segment = [&](std::int64_t now) {
    return name_of(segment_of(s.state, now, s.settings));
  };
  EXPECT_EQ(segment(t0), "new");
  s.apply(t0, acts(activity_type::view, "a"));
  EXPECT_EQ(segment(t0), "new");
  s.apply(t0 + hour, acts(activity_type::view, "a"));
  EXPECT_EQ(segment(t0 + hour), "active");
  EXPECT_EQ(segment(t0 + 40 * day), "lapsed");
  buy(s, t0 + 2 * hour, "o", 100);
  EXPECT_EQ(segment(t0 + 2 * hour), "high_value");
  EXPECT_EQ(segment(t0 + 29 * day), "high_value");
  EXPECT_EQ(segment(t0 + 40 * day), "lapsed");
  s.settings.high_value_spend_30d = 150;
  EXPECT_EQ(segment(t0 + 2 * hour), "active");
  buy(s, t0 + 2 * hour, "o2", 50);
  EXPECT_EQ(segment(t0 + 2 * hour), "high_value");
  s.settings.high_value_orders_30d = 3;
  EXPECT_EQ(segment(t0 + 2 * hour), "active");
}

TEST(features, the_answer_has_the_seeds_shape) {
  subject s;
  auto a = acts(activity_type::view, "p", 10);
  a.category = "tech";
  s.apply(t0, a);
  buy(s, t0 + 1000, "o", 10);
  rapidjson::Document d;
  d.Parse(render_features(s.state, t0, s.settings, true).c_str());
  ASSERT_FALSE(d.HasParseError());
  EXPECT_STREQ(d["userId"].GetString(), "u");
  const auto& f = d["features"];
  ASSERT_EQ(f.MemberCount(), 6U);
  EXPECT_EQ(f["views_7d"].GetInt(), 1);
  EXPECT_EQ(f["purchases_30d"].GetInt(), 1);
  EXPECT_EQ(f["avg_session_sec"].GetDouble(), 1);
  EXPECT_STREQ(f["fav_categories"][0].GetString(), "tech");
  EXPECT_EQ(f["price_sensitivity"].GetDouble(), 0.5);
  EXPECT_STREQ(f["last_active"].GetString(), "2023-11-14T00:00:01Z");
  EXPECT_STREQ(d["segment"].GetString(), "high_value");
  EXPECT_TRUE(d["stale"].GetBool());
  d.Parse(render_features(s.state, t0, s.settings, false).c_str());
  EXPECT_FALSE(d.HasMember("stale"));
}

} // namespace
} // namespace riq::engine
