#include "engine/item_model.hpp"

#include <algorithm>
#include <map>

#include "engine/context.hpp"
#include "tests/engine/model_support.hpp"

namespace riq::engine {
namespace {

using namespace testing;

model_settings small(std::uint32_t items, std::uint32_t sessions) {
  model_settings s;
  s.max_items = items;
  s.max_sessions = sessions;
  return s;
}

TEST(item_model, an_event_makes_an_item_with_what_it_told) {
  item_model model{model_settings{}};
  feed(model, {{"u", "s", thing("a", "x.y", "acme", 12)}});
  const auto* a = model.find("a");
  ASSERT_NE(a, nullptr);
  EXPECT_EQ(a->category, "x.y");
  EXPECT_EQ(a->brand, "acme");
  EXPECT_EQ(a->price, 12);
  EXPECT_EQ(model.find("b"), nullptr);
  EXPECT_EQ(model.items(), 1U);
  EXPECT_EQ(model.sessions(), 1U);
}

TEST(item_model, among_events_the_newest_is_right_in_any_order) {
  const contact older{"u", "s", thing("a", "x", "old", 1), start};
  const contact newer{"v", "t", thing("a", "y", "new", 2), start + hour};
  item_model one{model_settings{}};
  feed(one, {older, newer});
  item_model other{model_settings{}};
  feed(other, {newer, older});
  for (const auto* model : {&one, &other}) {
    EXPECT_EQ(model->find("a")->category, "y");
    EXPECT_EQ(model->find("a")->brand, "new");
    EXPECT_EQ(model->find("a")->price, 2);
  }
}

TEST(item_model, counts_fade_by_half_in_a_half_life) {
  item_model model{model_settings{}};
  const auto a = thing("a");
  feed(model, {{"u", "s", a, start},
               {"u", "s", a, start + 1},
               {"u", "s", a, start + 2, touch_kind::cart},
               {"u", "s", a, start + 3, touch_kind::purchase}});
  const auto now = model.counts("a", start);
  ASSERT_TRUE(now);
  EXPECT_NEAR(now->views, 2, 1e-3);
  EXPECT_NEAR(now->carts, 1, 1e-3);
  EXPECT_NEAR(now->purchases, 1, 1e-3);
  EXPECT_EQ(now->last_seen, start + 3);
  const auto later = model.counts("a", start + static_cast<std::int64_t>(slow_half_life_ms));
  EXPECT_NEAR(later->views, 1, 1e-3);
  EXPECT_FALSE(model.counts("b", start));
}

TEST(item_model, removed_items_are_gone_and_their_index_means_nothing_else) {
  item_model model{model_settings{}};
  feed(model, {{"u", "s", thing("a", "x"), start}, {"u", "s", thing("b", "x"), start + 1}});
  model.remove("a", start + 1);
  model.remove("a", start + 1);
  EXPECT_EQ(model.find("a"), nullptr);
  model.put(thing("c", "z")); // takes the freed index
  const auto user = visitor("v", {{"v", "t", thing("b", "x"), start + 2}});
  const auto list = recommend(user, model, {.include_seen = true}, ranking_settings{}, start + 3);
  EXPECT_EQ(find(list, "a"), nullptr);
  const auto* c = find(list, "c");
  ASSERT_NE(c, nullptr);
  EXPECT_EQ(std::count(c->sources.begin(), c->sources.end(), "session_neighbours"), 0)
    << "the session of a and b says nothing about c";
  EXPECT_EQ(std::count(c->sources.begin(), c->sources.end(), "covisitation"), 0);
}

TEST(item_model, is_bounded_in_items_and_sessions) {
  item_model model{small(50, 20)};
  for (const auto& c : random_stream(1, 3'000, 500, 900)) model.apply(update_of(c));
  EXPECT_LE(model.items(), 50U);
  EXPECT_LE(model.sessions(), 20U);
  EXPECT_LE(model.span(), 51U);
  const auto user = visitor("v", {{"v", "t", thing("p1", "d1.c1"), start}});
  const auto list =
    recommend(user, model, {.limit = 200, .include_seen = true}, ranking_settings{}, start + day);
  EXPECT_EQ(list.size(), model.items());
}

TEST(item_model, memory_stops_growing_once_it_is_full) {
  item_model model{small(100, 50)};
  const auto stream = random_stream(2, 20'000, 2'000, 600);
  std::size_t after_half = 0;
  for (std::size_t i = 0; i < stream.size(); ++i) {
    model.apply(update_of(stream[i]));
    if (i == stream.size() / 2) after_half = model.memory();
  }
  EXPECT_LT(model.memory(), after_half + after_half / 5);
}

TEST(item_model, evicts_the_item_nobody_met_for_longest) {
  item_model model{small(2, 10)};
  feed(model, {{"u", "s", thing("a"), start},
               {"u", "s", thing("b"), start + 1},
               {"u", "s", thing("a"), start + 2},
               {"u", "s", thing("c"), start + 3}});
  EXPECT_NE(model.find("a"), nullptr);
  EXPECT_EQ(model.find("b"), nullptr);
  EXPECT_NE(model.find("c"), nullptr);
}

TEST(item_model, a_touch_counts_as_many_as_it_stands_for) {
  const std::vector<contact> walk{{"u", "s", thing("a", "x"), start},
                                  {"u", "s", thing("b", "x"), start + 1}};
  item_model all{model_settings{}};
  item_model sampled{model_settings{}};
  for (auto u : {update_of(walk[0]), update_of(walk[1])}) {
    u.weight = 3;
    sampled.apply(u);
    u.weight = 1;
    for (const auto* session : {"s", "t", "r"}) {
      u.session_key = stable_hash(session);
      all.apply(u);
    }
  }
  for (const auto* id : {"a", "b"})
    EXPECT_NEAR(sampled.counts(id, start)->views, all.counts(id, start)->views, 1e-3) << id;
  const auto strength = [](const item_model& m) {
    return m.pairs().of(m.index_of("a"))->of(m.ref(m.index_of("b"))).later;
  };
  EXPECT_GT(strength(all), 0);
  EXPECT_NEAR(strength(sampled) / strength(all), 1, 1e-3);
  EXPECT_EQ(sampled.sessions(), 1U);
}

TEST(item_model, a_touch_for_whose_session_others_stand_counts_for_its_item_alone) {
  item_model model{model_settings{}};
  auto u = update_of({"u", "s", thing("a", "x.y", "acme", 12)});
  u.weight = 0;
  EXPECT_FALSE(model.heard_of("a", start - 1));
  model.apply(u);
  ASSERT_NE(model.find("a"), nullptr);
  EXPECT_EQ(model.find("a")->price, 12);
  EXPECT_EQ(model.sessions(), 0U);
  EXPECT_NEAR(model.counts("a", start)->views, 1, 1e-3);
  EXPECT_TRUE(model.heard_of("a", start - 1));
  EXPECT_FALSE(model.heard_of("a", start));
  std::vector<heard_question> many;
  for (int i = 0; i < 20; ++i)
    for (const auto* id : {"a", "unknown"}) many.push_back({id, start - i % 2});
  model.heard_of(many);
  for (const auto& q : many) EXPECT_EQ(q.heard, model.heard_of(q.product_id, q.since));
  const auto user = visitor("v", {{"v", "t", thing("b", "x.y"), start}});
  const auto list = recommend(user, model, {}, ranking_settings{}, start + 1);
  EXPECT_NE(find(list, "a"), nullptr) << "new items are found by what they are like";
}

TEST(item_model, forgetting_takes_the_sessions_out) {
  item_model model{model_settings{}};
  feed(model, {{"u", "s", thing("a"), start},
               {"u", "s", thing("b"), start + 1},
               {"w", "s", thing("a"), start + 2}});
  model.apply(forget("u"));
  EXPECT_EQ(model.sessions(), 1U);
  EXPECT_NE(model.find("b"), nullptr) << "the item itself is no personal data";
}

TEST(item_model, ignores_offers_and_touches_without_an_item) {
  item_model model{model_settings{}};
  session_update offer;
  offer.kind = session_update::what::offer_served;
  offer.product_id = "a";
  model.apply(offer);
  model.apply(session_update{});
  EXPECT_EQ(model.items(), 0U);
}

TEST(item_model, survives_odd_times) {
  item_model model{model_settings{}};
  for (const auto time : {std::int64_t{0}, start + 40'000 * day, std::int64_t{1}, start})
    feed(model, {{"u", "s", thing("a", "x", "b", 3), time}, {"u", "s", thing("b", "x"), time}});
  const auto user = visitor("v", {{"v", "t", thing("a", "x"), start}});
  for (const auto now : {std::int64_t{0}, start, start + 80'000 * day})
    for (const auto& r : recommend(user, model, {.include_seen = true}, ranking_settings{}, now)) {
      EXPECT_GE(r.score, 0);
      EXPECT_LE(r.score, 1);
    }
}

// Partitions arrive in any order relative to each other; within one the order is the log's.
class convergence : public ::testing::TestWithParam<std::uint64_t> {};

std::vector<contact> woven(const std::vector<contact>& stream, std::uint64_t seed) {
  std::vector<std::vector<contact>> partitions(4);
  for (const auto& c : stream) partitions[stable_hash(c.user) % 4].push_back(c);
  std::vector<std::size_t> at(4);
  random_source random(seed);
  std::vector<contact> out;
  while (out.size() < stream.size()) {
    const auto p = random.next() % 4;
    // Runs, as a consumer that catches up partition by partition sees them.
    for (auto run = random.next() % 200; run > 0 && at[p] < partitions[p].size(); --run)
      out.push_back(partitions[p][at[p]++]);
  }
  return out;
}

TEST_P(convergence, two_nodes_give_the_same_lists) {
  // Few enough items that no list of pairs is ever full.
  const auto stream = random_stream(GetParam(), 2'500, 60, 48);
  item_model one{model_settings{}, false};
  item_model other{model_settings{}, false};
  feed(one, stream);
  feed(other, woven(stream, GetParam() + 100));
  const auto now = stream.back().time;
  for (int u = 0; u < 60; ++u) {
    const auto name = "u" + std::to_string(u);
    std::vector<contact> own;
    for (const auto& c : stream)
      if (c.user == name) own.push_back(c);
    const auto user = visitor(name, own);
    EXPECT_EQ(ids(recommend(user, one, {}, ranking_settings{}, now)),
              ids(recommend(user, other, {}, ranking_settings{}, now)));
  }
}

TEST_P(convergence, with_learning_they_differ_in_little) {
  const auto stream = random_stream(GetParam(), 4'000);
  item_model one{model_settings{}};
  item_model other{model_settings{}};
  feed(one, stream);
  feed(other, woven(stream, GetParam() + 100));
  const auto now = stream.back().time;
  int same = 0;
  int all = 0;
  for (int u = 0; u < 60; ++u) {
    const auto name = "u" + std::to_string(u);
    std::vector<contact> own;
    for (const auto& c : stream)
      if (c.user == name) own.push_back(c);
    const auto user = visitor(name, own);
    const auto a = recommend(user, one, {.include_seen = true}, ranking_settings{}, now);
    const auto b = recommend(user, other, {.include_seen = true}, ranking_settings{}, now);
    for (const auto& r : a) same += find(b, r.product_id) != nullptr;
    all += static_cast<int>(a.size());
  }
  EXPECT_GT(same, all * 4 / 5);
}

/// What each user of the stream would be shown at its end.
std::vector<std::vector<std::string>> lists_of(const item_model& model,
                                               const std::vector<contact>& stream) {
  std::map<std::string, std::vector<contact>> by_user;
  for (const auto& c : stream) by_user[c.user].push_back(c);
  std::vector<std::vector<std::string>> out;
  for (const auto& [name, own] : by_user)
    out.push_back(
      ids(recommend(visitor(name, own), model, {}, ranking_settings{}, stream.back().time)));
  return out;
}

TEST_P(convergence, few_touches_of_a_sampled_stream_teach) {
  const auto stream = random_stream(GetParam(), 4'000);
  item_model whole{model_settings{}};
  item_model sampled{model_settings{}};
  for (const auto& c : stream) {
    auto update = update_of(c);
    whole.apply(update);
    update.weight = 10;
    sampled.apply(update);
  }
  const auto lessons = sampled.learned().lessons() + sampled.learned().missed();
  EXPECT_GT(lessons, 0U);
  EXPECT_LT(lessons, (whole.learned().lessons() + whole.learned().missed()) / 4);
}

TEST_P(convergence, a_copy_that_repeats_updates_equals_the_one_that_learned_from_them) {
  const auto stream = random_stream(GetParam(), 4'000);
  item_model one{model_settings{}};
  item_model by_one{model_settings{}};
  item_model copy{model_settings{}};
  std::vector<session_update> batch;
  for (const auto& c : stream) {
    batch.push_back(update_of(c));
    by_one.apply(batch.back());
    if (batch.size() < 70 && &c != &stream.back()) continue;
    one.apply(batch);
    copy.repeat(batch, one.learned());
    batch.clear();
  }
  EXPECT_GT(one.learned().lessons(), 1'000U);
  for (const auto* other : {&copy, &by_one}) {
    EXPECT_EQ(one.learned().weights(), other->learned().weights());
    EXPECT_EQ(lists_of(one, stream), lists_of(*other, stream));
  }
}

TEST_P(convergence, prices_that_came_one_after_the_other_leave_what_the_last_ones_would) {
  auto stream = random_stream(GetParam(), 2'500, 60, 48);
  auto last = stream;
  std::map<std::string, double> price;
  for (auto& c : stream) price[c.what.product_id] = c.what.price *= 1 + double(c.time % 7);
  for (auto& c : last) c.what.price = price[c.what.product_id];
  item_model changing{model_settings{}, false};
  item_model settled{model_settings{}, false};
  feed(changing, stream);
  feed(settled, last);
  EXPECT_EQ(lists_of(changing, last), lists_of(settled, last));
}

INSTANTIATE_TEST_SUITE_P(streams, convergence, ::testing::Values(1, 2, 3));

} // namespace
} // namespace riq::engine
