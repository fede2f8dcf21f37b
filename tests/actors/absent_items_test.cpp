#include "actors/absent_items.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace riq::testing {
namespace {

using ::testing::ElementsAre;

TEST(absent_items, are_told_in_the_order_in_which_they_went) {
  absent_items a;
  for (const auto* item : {"q", "p", "r", "q"}) a.insert(item);
  EXPECT_THAT(a.all(), ElementsAre("q", "p", "r"));
  EXPECT_TRUE(a.erase("p"));
  EXPECT_FALSE(a.erase("p"));
  a.insert("p");
  EXPECT_THAT(a.all(), ElementsAre("q", "r", "p"));
  a.keep_if([](const std::string& item) { return item != "q"; });
  EXPECT_THAT(a.all(), ElementsAre("r", "p"));
}

TEST(absent_items, are_bounded_and_the_oldest_is_forgotten) {
  absent_items a;
  const std::string name(250, 'x');
  for (int i = 0; i < 10'000; ++i) a.insert(name + std::to_string(i));
  std::size_t bytes = 0;
  for (const auto& item : a.all()) bytes += item.size();
  EXPECT_LE(bytes, absent_items::most_bytes);
  EXPECT_GT(bytes, absent_items::most_bytes / 2);
  EXPECT_FALSE(a.erase(name + "0"));
  EXPECT_TRUE(a.erase(name + "9999"));
}

} // namespace
} // namespace riq::testing
