// The containers below the item model.

#include <algorithm>
#include <map>
#include <set>

#include "engine/calibration.hpp"
#include "engine/category_tree.hpp"
#include "engine/covisitation.hpp"
#include "engine/group_lists.hpp"
#include "engine/hidden_set.hpp"
#include "engine/id_table.hpp"
#include "engine/session_index.hpp"
#include "engine/top_list.hpp"
#include "tests/engine/model_support.hpp"

namespace riq::engine {
namespace {

item_ref item_number(std::uint32_t i) {
  return item_ref::of(i, 0);
}

TEST(id_table, behaves_like_a_map_under_random_use) {
  random_source random(7);
  id_table table;
  std::map<std::uint64_t, std::uint32_t> model;
  for (int i = 0; i < 50'000; ++i) {
    // Few different keys, so that chains form, break and are closed again.
    const auto key = random.next() % 3'000;
    const auto known = model.find(key);
    if (known == model.end()) {
      table.insert(key, static_cast<std::uint32_t>(i));
      model[key] = static_cast<std::uint32_t>(i);
    } else if (random.unit() < 0.3) {
      table.assign(key, static_cast<std::uint32_t>(i));
      known->second = static_cast<std::uint32_t>(i);
    } else {
      table.erase(key, known->second);
      model.erase(known);
    }
  }
  EXPECT_EQ(table.size(), model.size());
  for (std::uint64_t key = 0; key < 3'000; ++key) {
    const auto known = model.find(key);
    EXPECT_EQ(table.find(key), known == model.end() ? id_table::none : known->second);
  }
}

TEST(id_table, keeps_colliding_keys_apart_by_what_the_caller_says) {
  id_table table;
  table.insert(5, 10);
  table.insert(5, 11);
  EXPECT_EQ(table.find(5, [](auto v) { return v == 11; }), 11U);
  table.erase(5, 10);
  EXPECT_EQ(table.find(5, [](auto v) { return v == 10; }), id_table::none);
  EXPECT_EQ(table.find(5, [](auto v) { return v == 11; }), 11U);
}

TEST(top_list, holds_exactly_the_best_in_any_order_of_arrival) {
  struct step {
    std::uint32_t item;
    double key;
  };
  random_source random(3);
  std::vector<double> last(200, never_met);
  std::vector<step> steps;
  for (int i = 0; i < 5'000; ++i) {
    const auto item = static_cast<std::uint32_t>(random.next() % 200);
    const auto key = std::max(last[item], 0.0) + static_cast<double>(random.next() % 4);
    last[item] = key;
    steps.push_back({item, key});
  }
  const auto run = [&](bool by_item, bool wrong_places = false) {
    auto order = steps;
    if (by_item)
      std::stable_sort(order.begin(), order.end(),
                       [](const step& a, const step& b) { return a.item > b.item; });
    top_list list;
    std::vector<double> key(200, never_met);
    std::vector<std::uint16_t> place(200);
    for (const auto& s : order) {
      if (wrong_places) place[s.item] = static_cast<std::uint16_t>(random.next() % 40);
      list.raise(item_number(s.item), s.item * 77, key[s.item], s.key, 25, place[s.item]);
      key[s.item] = s.key;
    }
    std::vector<std::uint32_t> items;
    for (const auto& e : list.entries()) items.push_back(e.item.index());
    return items;
  };
  std::vector<std::uint32_t> best(200);
  for (std::uint32_t i = 0; i < 200; ++i) best[i] = i;
  std::sort(best.begin(), best.end(),
            [&](auto a, auto b) { return last[a] != last[b] ? last[a] > last[b] : a < b; });
  best.resize(25);
  EXPECT_EQ(run(false), best);
  EXPECT_EQ(run(true), best);
  EXPECT_EQ(run(false, true), best) << "places are hints";
}

TEST(category_tree, knows_prefixes_and_cuts_what_is_too_deep) {
  category_tree tree;
  const auto laptop = tree.intern("electronics.laptop");
  const auto electronics = tree.find("electronics");
  ASSERT_NE(electronics, id_table::none);
  EXPECT_EQ(tree[laptop].parent, electronics);
  EXPECT_TRUE(tree.below(laptop, electronics));
  EXPECT_TRUE(tree.below(laptop, category_tree::root));
  EXPECT_FALSE(tree.below(electronics, laptop));
  EXPECT_EQ(tree.intern("electronics.laptop"), laptop);
  EXPECT_EQ(tree.find("electronics.lap"), id_table::none);
  EXPECT_EQ(tree.intern(""), category_tree::root);
  EXPECT_EQ(tree.intern("a.b.c.d.e.f.g.h"), tree.intern("a.b.c.d.e.f.x"));
}

TEST(category_tree, stays_bounded) {
  category_tree tree;
  for (int i = 0; i < 70'000; ++i) tree.intern("flood" + std::to_string(i) + ".x");
  EXPECT_LE(tree.size(), category_tree::max_nodes);
}

TEST(group_lists, vanish_with_their_last_member) {
  group_lists groups;
  const auto g = groups.join(42);
  EXPECT_EQ(groups.join(42), g);
  std::uint16_t place = 0;
  groups[g].raise(item_number(1), 1, never_met, 5, group_lists::capacity, place);
  groups.leave(g, item_number(1), 1, 5);
  EXPECT_TRUE(groups[g].empty());
  groups.leave(g, item_number(2), 2, never_met);
  EXPECT_EQ(groups.find(42), group_lists::none);
  EXPECT_EQ(groups.join(43), g) << "the index is used again";
}

const indexed_session& meet(session_index& index, std::uint64_t session, std::uint64_t user,
                            std::uint32_t item, std::int64_t time,
                            touch_kind kind = touch_kind::view) {
  return index.add(index.open(session, user, time), item_number(item), kind, time);
}

TEST(session_index, evicts_whoever_is_idle_longest_by_event_time) {
  session_index index(3);
  meet(index, 1, 1, 1, 100);
  meet(index, 2, 2, 1, 50);
  meet(index, 3, 3, 1, 200);
  meet(index, 2, 2, 2, 300); // no longer the oldest
  meet(index, 4, 4, 1, 250);
  EXPECT_EQ(index.size(), 3U);
  EXPECT_EQ(index.find(1), id_table::none);
  EXPECT_NE(index.find(2), id_table::none);
}

TEST(session_index, forgets_all_sessions_of_a_user_and_only_those) {
  session_index index(100);
  for (std::uint64_t s = 1; s <= 10; ++s)
    meet(index, s, 1 + s % 2, 7, static_cast<std::int64_t>(s));
  index.forget(1);
  EXPECT_EQ(index.size(), 5U);
  EXPECT_EQ(index.newest_of(1), id_table::none);
  EXPECT_NE(index.newest_of(2), id_table::none);
  std::size_t live = 0;
  for (const auto& p : index.postings(7)) live += index.live(p);
  EXPECT_EQ(live, 5U);
  index.forget(1); // again is nothing
  EXPECT_EQ(index.size(), 5U);
}

TEST(session_index, keeps_postings_by_time_whatever_the_order_of_arrival) {
  const auto times = [](bool backwards) {
    session_index index(1'000);
    for (int i = 0; i < 600; ++i) {
      const auto n = backwards ? 599 - i : i;
      meet(index, static_cast<std::uint64_t>(n) + 1, 0, 1, 1'000 + n);
    }
    std::vector<std::int64_t> out;
    for (const auto& p : index.postings(1)) out.push_back(p.time);
    return out;
  };
  const auto forwards = times(false);
  EXPECT_EQ(forwards.size(), session_index::max_postings);
  EXPECT_EQ(forwards.back(), 1'599);
  EXPECT_TRUE(std::is_sorted(forwards.begin(), forwards.end()));
  EXPECT_EQ(forwards, times(true));
}

TEST(session_index, bounds_a_session_and_orders_it_by_newest_contact) {
  session_index index(10);
  for (std::uint32_t i = 0; i < 100; ++i) meet(index, 1, 1, i, 1'000 + i);
  meet(index, 1, 1, 80, 2'000, touch_kind::cart);
  const auto& visits = index[index.find(1)].visits;
  EXPECT_EQ(visits.size(), session_index::max_visits);
  EXPECT_EQ(visits.back().item, item_number(80));
  EXPECT_EQ(visits.back().kinds, unsigned(bit_of(touch_kind::view) | bit_of(touch_kind::cart)));
}

TEST(covisitation, adds_up_the_same_in_any_order_and_over_years) {
  constexpr auto month = 30 * testing::day;
  struct pair {
    std::uint32_t a, b;
    std::int64_t time;
  };
  random_source random(5);
  std::vector<pair> pairs;
  for (int i = 0; i < 2'000; ++i)
    pairs.push_back({std::uint32_t(random.next() % 10), std::uint32_t(random.next() % 10),
                     testing::start + static_cast<std::int64_t>(random.next() % 72) * month});
  const auto run = [](const std::vector<pair>& all) {
    covisitation c;
    for (const auto& p : all)
      c.add(item_number(p.a), item_number(p.b), 1, covisitation::at(p.time));
    return c;
  };
  const auto one = run(pairs);
  std::sort(pairs.begin(), pairs.end(),
            [](const pair& a, const pair& b) { return a.time > b.time; });
  const auto other = run(pairs);
  const auto now = testing::start + 72 * month;
  for (std::uint32_t a = 0; a < 10; ++a)
    for (std::uint32_t b = 0; b < 10; ++b) {
      const auto x = one.of(a)->of(item_number(b)).later / one.of(a)->one(now);
      const auto y = other.of(a)->of(item_number(b)).later / other.of(a)->one(now);
      EXPECT_NEAR(x, y, 1e-4 * (1 + x));
    }
}

TEST(covisitation, is_bounded_and_gives_up_the_weakest) {
  covisitation c;
  const auto when = covisitation::at(testing::start);
  for (int i = 0; i < 5; ++i) c.add(item_number(0), item_number(1), 1, when);
  for (std::uint32_t i = 2; i < 500; ++i) c.add(item_number(0), item_number(i), 1, when);
  EXPECT_EQ(c.of(0)->items.size(), covisitation::capacity);
  EXPECT_GT(c.of(0)->of(item_number(1)).later, 0);
}

TEST(hidden_set, holds_what_was_added_this_round) {
  hidden_set set;
  set.begin(10);
  set.add(1);
  EXPECT_TRUE(set.has(1));
  EXPECT_FALSE(set.has(2));
  set.begin(1'000);
  EXPECT_FALSE(set.has(1));
  for (std::uint64_t i = 0; i < 1'000; ++i) set.add(i * 4'096);
  for (std::uint64_t i = 0; i < 1'000; ++i) EXPECT_TRUE(set.has(i * 4'096));
  EXPECT_FALSE(set.has(7));
}

TEST(calibration, finds_out_which_signal_tells_something) {
  random_source random(11);
  calibration c;
  const auto brand = at(signal::same_brand);
  const auto category = at(signal::same_category);
  const auto before = c.weights();
  for (int i = 0; i < 1'000; ++i) {
    // The last block is not full, and what stands in its other lanes does not count.
    std::vector<signal_block> candidates(5, signal_block{});
    for (auto& x : candidates)
      for (std::size_t l = 0; l < lanes; ++l) {
        x[brand][l] = static_cast<float>(random.unit());
        x[category][l] = static_cast<float>(random.unit());
      }
    constexpr std::size_t count = 18;
    std::size_t right = 0;
    for (std::size_t i = 0; i < count; ++i)
      if (candidates[i / lanes][brand][i % lanes] > candidates[right / lanes][brand][right % lanes])
        right = i;
    c.learn(candidates, count, right);
  }
  EXPECT_GT(c.weights()[brand], before[brand] + 1);
  EXPECT_LT(c.weights()[category], before[category]);
  EXPECT_EQ(c.lessons(), 1'000U);
}

TEST(calibration, asks_ever_more_seldom) {
  calibration c;
  const session_update touch;
  int first = 0;
  int late = 0;
  for (int i = 0; i < 1'000; ++i) first += c.due(touch);
  for (int i = 0; i < 2'000'000; ++i) c.due(touch);
  for (int i = 0; i < 10'000; ++i) late += c.due(touch);
  EXPECT_EQ(first, 1'000);
  EXPECT_GT(late, 10);
  EXPECT_LT(late, 100);
}

TEST(calibration, asks_about_fewer_touches_the_more_each_stands_for) {
  const auto asked = [](double weight) {
    calibration c;
    session_update touch;
    touch.weight = weight;
    int n = 0;
    for (touch.time = 0; touch.time < 1'600; ++touch.time) n += c.due(touch);
    return n;
  };
  EXPECT_EQ(asked(1), 1'600);
  EXPECT_EQ(asked(1.9), 1'600);
  EXPECT_EQ(asked(4.2), 400);
  EXPECT_EQ(asked(16), 100);
  EXPECT_EQ(asked(1'000), 100) << "a few are always left";
}

} // namespace
} // namespace riq::engine
