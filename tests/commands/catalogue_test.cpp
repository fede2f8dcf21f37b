#include "nodes/commands/demo/catalogue.hpp"
#include "nodes/commands/demo/traffic.hpp"

#include "messages/json.hpp"
#include "messages/parse_item.hpp"

#include <set>

#include <gtest/gtest.h>

using namespace riq;
using namespace riq::commands;

TEST(catalogue, is_the_same_for_the_same_seed) {
  const auto a = make_catalogue(7, 300);
  const auto b = make_catalogue(7, 300);
  const auto c = make_catalogue(8, 300);
  ASSERT_EQ(a.products.size(), b.products.size());
  bool other = false;
  for (std::size_t i = 0; i < a.products.size(); ++i) {
    EXPECT_EQ(to_json(a.products[i].entry), to_json(b.products[i].entry));
    other |= to_json(a.products[i].entry) != to_json(c.products[i].entry);
  }
  EXPECT_TRUE(other);
}

TEST(catalogue, has_items_that_a_node_takes) {
  const auto shop = make_catalogue(1, 600);
  std::set<std::string> ids;
  for (const auto& p : shop.products) {
    EXPECT_TRUE(ids.insert(p.entry.product_id).second) << p.entry.product_id;
    const auto read = parse_item("", to_json(p.entry));
    ASSERT_FALSE(!read) << read.error().detail;
    EXPECT_GT(p.entry.price, 0);
    EXPECT_EQ(read->category, shop.shelves[p.shelf].category) << "a path as the node writes it";
    EXPECT_EQ(read->brand, p.entry.brand);
  }
  EXPECT_NEAR(static_cast<double>(shop.products.size()), 600, 18);
}

TEST(traffic, a_day_averages_to_the_rate_and_has_a_night) {
  double sum = 0;
  for (int minute = 0; minute < 24 * 60; ++minute) sum += season_of(minute / 60.0);
  EXPECT_NEAR(sum / (24 * 60), 1, 0.15);
  EXPECT_LT(season_of(4), 0.5);
  EXPECT_GT(season_of(20.5), 1.2);
  EXPECT_NEAR(season_of(0), season_of(24), 1e-9);
}
