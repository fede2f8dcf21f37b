#include "engine/recommend.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "tests/engine/model_support.hpp"

namespace riq::engine {
namespace {

using namespace testing;

const ranking_settings defaults;

bool has_source(const recommendation& r, std::string_view source) {
  return std::find(r.sources.begin(), r.sources.end(), source) != r.sources.end();
}

/// Ten shoppers who looked at a laptop and then at its bag, and others who looked at cups.
std::vector<contact> bags_and_cups() {
  std::vector<contact> out;
  for (int i = 0; i < 10; ++i) {
    const auto u = "shopper" + std::to_string(i);
    const auto at = start + i * hour / 10;
    out.push_back({u, "s", thing("laptop", "electronics.laptop", "acme", 900), at});
    out.push_back({u, "s", thing("bag", "travel.bag", "sack", 50), at + second});
    const auto v = "drinker" + std::to_string(i);
    out.push_back({v, "s", thing("cup", "home.cup", "clay", 9), at + 2 * second});
    out.push_back({v, "s", thing("mug", "home.cup", "clay", 11), at + 3 * second});
  }
  return out;
}

TEST(recommend, neighbours_lead_from_an_item_to_what_others_met_after_it) {
  item_model model{model_settings{}};
  feed(model, bags_and_cups());
  const auto user = visitor("me", {{"me", "s", thing("laptop"), start + 2 * hour}});
  const auto list = recommend(user, model, {}, defaults, start + 2 * hour);
  ASSERT_FALSE(list.empty());
  EXPECT_EQ(list.front().product_id, "bag");
  EXPECT_TRUE(has_source(list.front(), "session_neighbours"));
  EXPECT_TRUE(has_source(list.front(), "covisitation"));
  EXPECT_EQ(list.front().reason, "People who viewed laptop also viewed this");
  EXPECT_EQ(list.front().because, std::vector<std::string>{"laptop"});
}

TEST(recommend, covisitation_remembers_what_forgotten_sessions_showed) {
  item_model model{model_settings{}};
  feed(model, bags_and_cups());
  for (int i = 0; i < 10; ++i) model.apply(forget("shopper" + std::to_string(i)));
  const auto user = visitor("me", {{"me", "s", thing("laptop"), start + 2 * hour}});
  const auto list = recommend(user, model, {}, defaults, start + 2 * hour);
  const auto* bag = find(list, "bag");
  ASSERT_NE(bag, nullptr);
  EXPECT_TRUE(has_source(*bag, "covisitation"));
  EXPECT_FALSE(has_source(*bag, "session_neighbours"));
}

TEST(recommend, a_new_item_of_the_catalogue_is_found_by_what_it_is_like) {
  item_model model{model_settings{}};
  feed(model, bags_and_cups());
  model.put(thing("new-laptop", "electronics.laptop", "acme", 950));
  model.put(thing("new-spoon", "home.spoon", "tin", 3));
  const auto user = visitor("me", {{"me", "s", thing("laptop"), start + 2 * hour}});
  const auto list = recommend(user, model, {}, defaults, start + 2 * hour);
  const auto* found = find(list, "new-laptop");
  ASSERT_NE(found, nullptr);
  EXPECT_TRUE(has_source(*found, "content"));
  EXPECT_EQ(found->reason, "New in electronics.laptop");
  const auto* other = find(list, "new-spoon");
  ASSERT_NE(other, nullptr) << "the list is filled up with whatever there is";
  EXPECT_GT(found->user_pref, other->user_pref);
}

TEST(recommend, shared_tags_bring_an_item_and_lift_it) {
  item_model model{model_settings{}};
  auto tent = thing("tent", "a");
  tent.tags = {"outdoor"};
  auto stove = thing("stove", "b");
  stove.tags = {"outdoor"};
  model.put(tent);
  model.put(stove);
  model.put(thing("lamp", "c"));
  const auto user = visitor("me", {{"me", "s", thing("tent"), start}});
  const auto list = recommend(user, model, {}, defaults, start);
  EXPECT_EQ(ids(list), (std::vector<std::string>{"stove", "lamp"}));
}

TEST(recommend, an_item_can_be_recommended_right_after_its_first_event) {
  item_model model{model_settings{}};
  feed(model, bags_and_cups());
  feed(model, {{"x", "s", thing("never-seen", "home.cup"), start + 2 * hour}});
  const auto user = visitor("me", {{"me", "s", thing("cup"), start + 2 * hour}});
  EXPECT_NE(find(recommend(user, model, {}, defaults, start + 2 * hour), "never-seen"), nullptr);
}

TEST(recommend, what_was_left_in_the_cart_comes_back_when_seen_items_may) {
  item_model model{model_settings{}};
  feed(model, bags_and_cups());
  const auto user = visitor("me", {{"me", "s", thing("mug"), start, touch_kind::cart},
                                   {"me", "s", thing("laptop"), start + second}});
  const auto list = recommend(user, model, {.include_seen = true}, defaults, start + second);
  const auto* mug = find(list, "mug");
  ASSERT_NE(mug, nullptr);
  EXPECT_EQ(mug->reason, "Left in your cart");
  EXPECT_TRUE(has_source(*mug, "history"));
  EXPECT_EQ(find(recommend(user, model, {}, defaults, start + second), "mug"), nullptr);
}

TEST(recommend, a_stranger_gets_what_is_trending) {
  item_model model{model_settings{}};
  feed(model, bags_and_cups());
  std::vector<contact> rush;
  for (int i = 0; i < 30; ++i)
    rush.push_back({"r" + std::to_string(i), "s", thing("hit", "fun.game"), start + 20 * hour + i});
  feed(model, rush);
  const auto list = recommend({}, model, {}, defaults, start + 20 * hour);
  ASSERT_FALSE(list.empty());
  EXPECT_EQ(list.front().product_id, "hit");
  EXPECT_EQ(list.front().reason, "Trending now");
  EXPECT_TRUE(has_source(list.front(), "trending"));
}

TEST(recommend, an_empty_model_gives_an_empty_list) {
  const item_model model{model_settings{}};
  EXPECT_TRUE(recommend({}, model, {}, defaults, start).empty());
  EXPECT_TRUE(retrieve({}, model, 100, defaults, start).empty());
  const auto ranked = rank({}, model, {"a"}, defaults, start);
  ASSERT_EQ(ranked.size(), 1U);
  EXPECT_FALSE(ranked[0].known);
}

// Rules.

TEST(recommend, leaves_out_what_must_not_be_shown) {
  item_model model{model_settings{}};
  for (int i = 0; i < 10; ++i) model.put(thing("p" + std::to_string(i), "c"));
  auto gone = thing("p3", "c");
  gone.in_stock = false;
  model.put(gone);
  const auto user =
    visitor("me", {{"me", "s", thing("p1", "c"), start},
                   {"me", "s", thing("p2", "c", "", 5), start, touch_kind::purchase}});
  const std::vector<std::string> exclude{"p4", "unknown"};
  recommend_request request{.limit = 50, .exclude = &exclude};
  const auto list = ids(recommend(user, model, request, defaults, start));
  EXPECT_EQ(std::set<std::string>(list.begin(), list.end()),
            (std::set<std::string>{"p0", "p5", "p6", "p7", "p8", "p9"}));
  request.include_seen = true;
  const auto more = ids(recommend(user, model, request, defaults, start));
  EXPECT_EQ(std::set<std::string>(more.begin(), more.end()),
            (std::set<std::string>{"p0", "p1", "p5", "p6", "p7", "p8", "p9"}))
    << "bought, out of stock and excluded stay away";
  model.put(thing("p3", "c")); // in stock again
  EXPECT_NE(find(recommend(user, model, request, defaults, start), "p3"), nullptr);
}

TEST(recommend, goes_on_in_order_when_most_of_the_best_must_not_be_shown) {
  item_model model{model_settings{}};
  feed(model, random_stream(5, 4'000, 60, 400));
  const auto user = visitor("me", random_stream(6, 5, 1, 400));
  auto plain = defaults;
  plain.diversity = 0; // each place goes to the best that is left
  const auto now = start + 2 * day;
  recommend_request request;
  request.limit = 200;
  const auto all = ids(recommend(user, model, request, plain, now));
  ASSERT_EQ(all.size(), 200U);
  const std::vector<std::string> shown(all.begin(), all.begin() + 150);
  request.limit = 10;
  request.exclude = &shown;
  EXPECT_EQ(ids(recommend(user, model, request, plain, now)),
            std::vector<std::string>(all.begin() + 150, all.begin() + 160));
}

TEST(recommend, keeps_to_the_category_that_was_asked_for) {
  item_model model{model_settings{}};
  feed(model, random_stream(4, 500));
  const auto user = visitor("me", {{"me", "s", thing("p1", "d1.c1"), start}});
  const auto list = recommend(user, model, {.limit = 200, .category = "d2"}, defaults, start + day);
  EXPECT_FALSE(list.empty());
  std::size_t there = 0;
  for (std::uint32_t i = 0; i < model.span(); ++i)
    there += model.facts(i).category.starts_with("d2.");
  EXPECT_EQ(list.size(), there) << "all of the category, as the limit allows";
  for (const auto& r : list) EXPECT_TRUE(model.find(r.product_id)->category.starts_with("d2."));
  EXPECT_TRUE(recommend(user, model, {.category = "nowhere"}, defaults, start).empty());
}

TEST(recommend, caps_hold_for_category_and_brand) {
  item_model model{model_settings{}};
  feed(model, random_stream(5, 2'000));
  auto settings = defaults;
  settings.max_per_category = 2;
  settings.max_per_brand = 3;
  const auto user = visitor("me", {{"me", "s", thing("p1", "d1.c1"), start}});
  const auto list = recommend(user, model, {.limit = 100}, settings, start + day);
  std::map<std::string, int> categories, brands;
  for (const auto& r : list) {
    EXPECT_LE(++categories[model.find(r.product_id)->category], 2);
    EXPECT_LE(++brands[model.find(r.product_id)->brand], 3);
  }
  EXPECT_EQ(list.size(), 12U) << "six categories, two each";
}

// Properties over random streams.

std::set<std::string> met_ids(const std::vector<contact>& contacts) {
  std::set<std::string> out;
  for (const auto& c : contacts) out.insert(c.what.product_id);
  return out;
}

class lists : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(lists, are_full_ordered_bounded_and_repeatable) {
  const auto stream = random_stream(GetParam(), 3'000);
  item_model model{model_settings{}};
  feed(model, stream);
  for (int i = 0; i < 40; ++i) model.put(thing("fresh" + std::to_string(i), "d0.c0"));
  const auto now = stream.back().time;
  for (int u = 0; u < 25; ++u) {
    const auto name = "u" + std::to_string(u);
    std::vector<contact> own;
    for (const auto& c : stream)
      if (c.user == name) own.push_back(c);
    const auto user = visitor(name, own);
    for (const auto limit : {1U, 20U, 200U}) {
      const recommend_request request{.limit = limit, .include_seen = u % 2 == 0};
      const auto list = recommend(user, model, request, defaults, now);
      std::size_t eligible = model.items() - user.purchased.size();
      if (!request.include_seen) eligible = model.items() - met_ids(own).size();
      EXPECT_EQ(list.size(), std::min<std::size_t>(limit, eligible));
      std::set<std::string> once;
      for (const auto& r : list) {
        EXPECT_TRUE(once.insert(r.product_id).second);
        for (const auto x : {r.score, r.user_pref, r.item_quality, r.recency, r.diversity}) {
          EXPECT_GE(x, 0);
          EXPECT_LE(x, 1);
        }
        EXPECT_NEAR(r.score,
                    0.4 * r.user_pref + 0.3 * r.item_quality + 0.2 * r.recency + 0.1 * r.diversity,
                    2e-4);
        EXPECT_FALSE(r.reason.empty());
        EXPECT_FALSE(r.sources.empty());
        EXPECT_LE(r.because.size(), 3U);
      }
      const auto again = recommend(user, model, request, defaults, now);
      ASSERT_EQ(ids(list), ids(again));
      for (std::size_t i = 0; i < list.size(); ++i) EXPECT_EQ(list[i].score, again[i].score);
    }
  }
}
INSTANTIATE_TEST_SUITE_P(streams, lists, ::testing::Values(21, 22, 23));

TEST(recommend, diversity_falls_with_each_item_of_a_kind) {
  item_model model{model_settings{}};
  for (int i = 0; i < 8; ++i) model.put(thing("p" + std::to_string(i), "c", "b"));
  const auto list = recommend({}, model, {}, defaults, start);
  ASSERT_EQ(list.size(), 8U);
  EXPECT_EQ(list.front().diversity, 1);
  for (std::size_t i = 1; i < list.size(); ++i) EXPECT_LT(list[i].diversity, list[i - 1].diversity);
}

TEST(recommend, equal_items_stand_in_the_order_of_their_ids) {
  item_model model{model_settings{}};
  for (const auto* id : {"d", "b", "a", "c"}) model.put(thing(id));
  EXPECT_EQ(ids(recommend({}, model, {}, defaults, start)),
            (std::vector<std::string>{"a", "b", "c", "d"}));
}

// The other two questions.

TEST(retrieve, gives_candidates_with_all_that_brought_them) {
  item_model model{model_settings{}};
  feed(model, random_stream(6, 2'000));
  const auto user = visitor("me", {{"me", "s", thing("p1", "d1.c1", "b1", 11), start + day}});
  const auto all = retrieve(user, model, 1'000, defaults, start + day);
  EXPECT_GE(all.size(), 100U);
  std::set<std::string> sources;
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_FALSE(all[i].sources.empty());
    sources.insert(all[i].sources.begin(), all[i].sources.end());
    if (i > 0) {
      EXPECT_LE(all[i].score, all[i - 1].score);
    }
  }
  EXPECT_EQ(sources.size(), 6U);
  EXPECT_EQ(retrieve(user, model, 10, defaults, start + day).size(), 10U);
}

TEST(rank, orders_the_known_once_and_puts_the_unknown_behind) {
  item_model model{model_settings{}};
  feed(model, bags_and_cups());
  const auto user = visitor("me", {{"me", "s", thing("laptop"), start + 2 * hour}});
  const auto ranked = rank(user, model, {"nothing", "mug", "bag", "mug", "nobody", "nothing"},
                           defaults, start + 2 * hour);
  ASSERT_EQ(ranked.size(), 4U);
  EXPECT_EQ(ranked[0].product_id, "bag");
  EXPECT_EQ(ranked[1].product_id, "mug");
  EXPECT_GT(ranked[0].user_pref, ranked[1].user_pref);
  EXPECT_TRUE(ranked[1].known);
  EXPECT_EQ(ranked[2].product_id, "nothing");
  EXPECT_FALSE(ranked[2].known);
  EXPECT_EQ(ranked[2].score, 0);
  EXPECT_EQ(ranked[3].product_id, "nobody");
}

} // namespace
} // namespace riq::engine
