// Merging is commutative and associative, whatever is merged: who answers first does not matter.
#include "engine/analytics/merge.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "engine/analytics/hyperloglog.hpp"
#include "engine/analytics/tables.hpp"
#include "messages/msgpack.hpp"
#include "tests/engine/analytics_support.hpp"
#include "tests/messages/filled.hpp"

namespace riq::engine::analytics {
namespace {

// Sums may overflow when the numbers fill all bits; half of that is plenty.
template <class T>
void calm(T& x) {
  if constexpr (std::is_same_v<T, std::int64_t>)
    x %= 1'000'000'000'000;
  else if constexpr (std::is_same_v<T, unique_count>)
    x.registers.clear();
  else if constexpr (described<T>)
    for_each_field(x, [](std::string_view, auto& member) { calm(member); });
  else if constexpr (requires { x.begin(); } && !std::is_same_v<T, std::string>)
    for (auto& element : x) calm(element);
}

template <class Counts>
void canonical(counted_table<Counts>& t) {
  std::sort(t.rows.begin(), t.rows.end(), [](auto& a, auto& b) { return a.name < b.name; });
}

/// Sketches in one form, tables in one order.
void canonical(analytics_bucket& b) {
  const unique_count dense{std::string(hll_registers, '\0')};
  for (auto* u : {&b.users, &b.sessions, &b.items_shown}) merge(*u, dense);
  canonical(b.categories);
  canonical(b.brands);
  canonical(b.products);
  canonical(b.searches);
  canonical(b.countries);
  canonical(b.paths);
  canonical(b.arms);
}

std::string content(analytics_slice s) {
  for (auto& p : s.points) canonical(p.counts);
  return to_msgpack(s);
}

analytics_slice any_slice(riq::testing::generator& g) {
  auto s = riq::testing::filled<analytics_slice>(g);
  calm(s);
  s.as_of = std::abs(s.as_of);
  const auto ascending = [](auto& rows, auto key) {
    std::sort(rows.begin(), rows.end(), [&](auto& a, auto& b) { return a.*key < b.*key; });
    for (std::size_t i = 0; i < rows.size(); ++i) rows[i].*key = static_cast<std::int32_t>(i * 7);
  };
  ascending(s.points, &analytics_point::t);
  ascending(s.levels.segments, &segment_row::day);
  ascending(s.cohorts, &cohort_row::week);
  for (auto& p : s.points) {
    for (auto n = g() % 600; n > 0; --n) {
      add(p.counts.users, g());
      add(p.counts.items_shown, g());
    }
    // Names are unique in a table, and some are in several slices.
    const auto name = [](auto& table) {
      for (std::size_t i = 0; i < table.rows.size(); ++i)
        table.rows[i].name = std::string(1, static_cast<char>('a' + i));
    };
    name(p.counts.categories);
    name(p.counts.brands);
    name(p.counts.products);
    name(p.counts.searches);
    name(p.counts.countries);
    name(p.counts.paths);
    name(p.counts.arms);
  }
  return s;
}

TEST(analytics_merge, is_commutative_and_associative) {
  riq::testing::generator g{7};
  for (int round = 0; round < 300; ++round) {
    const auto a = any_slice(g), b = any_slice(g), c = any_slice(g);
    auto ab = a;
    merge(ab, b);
    auto ba = b;
    merge(ba, a);
    ASSERT_TRUE(content(ab) == content(ba)) << round;
    auto ab_c = ab;
    merge(ab_c, c);
    auto bc = b;
    merge(bc, c);
    auto a_bc = a;
    merge(a_bc, bc);
    ASSERT_TRUE(content(ab_c) == content(a_bc)) << round;
    auto with_nothing = a;
    merge(with_nothing, analytics_slice{});
    ASSERT_TRUE(content(with_nothing) == content(a)) << round;
  }
}

TEST(analytics_tables, a_table_of_few_names_counts_the_rest_together) {
  counted_table<group_counts> t;
  for (int i = 0; i < 100; ++i) ++at_most(t, "c" + std::to_string(i % 20), 8).views;
  ASSERT_EQ(t.rows.size(), 9U);
  EXPECT_EQ(at(t, "c3").views, 5);
  EXPECT_EQ(at(t, other_row).views, 60);
  ++at_most(t, "", 20).views;
  EXPECT_EQ(at(t, no_name).views, 1);
}

TEST(analytics_tables, heavy_hitters_stay_and_fall_short_by_no_more_than_the_bound) {
  std::mt19937 random{3};
  counted_table<product_counts> t;
  std::map<std::string, std::int64_t> truth;
  for (int i = 0; i < 200'000; ++i) {
    const auto u = std::uniform_real_distribution<double>{}(random);
    const auto name = "p" + std::to_string(static_cast<int>(u * u * u * u * 20'000));
    ++truth[name];
    auto& p = heavy(t, name, 256);
    ++p.views;
    ++p.weight;
    ASSERT_LE(t.rows.size(), 256U);
  }
  ASSERT_GT(t.bound, 0);
  EXPECT_LT(t.bound, 200'000 / 80); // a bound that says something: N / (a third of the rows)
  for (const auto& [name, n] : truth) {
    std::size_t slot = 0;
    const auto* row = find(t, name, stable_hash(name), slot);
    if (row == nullptr) {
      EXPECT_LE(n, t.bound) << name;
      continue;
    }
    EXPECT_LE(row->counts.views, n) << name;
    EXPECT_GE(row->counts.views + t.bound, n) << name;
  }
}

} // namespace
} // namespace riq::engine::analytics
