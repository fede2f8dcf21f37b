#include "engine/triggers/interest_index.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace riq::engine {
namespace {

using ::testing::ElementsAre;

TEST(interest_index, knows_who_cares_the_latest_first) {
  interest_index index{100, 10};
  index.add("a", "p");
  index.add("b", "p");
  index.add("a", "q");
  index.add("a", "p");
  EXPECT_THAT(index.of("p"), ElementsAre("a", "b"));
  EXPECT_THAT(index.of("q"), ElementsAre("a"));
  EXPECT_EQ(index.size(), 3U);
  index.forget("a");
  EXPECT_THAT(index.of("p"), ElementsAre("b"));
  EXPECT_FALSE(index.knows("q"));
}

TEST(interest_index, is_bounded_by_item_and_in_all) {
  interest_index index{1'000, 10};
  for (int i = 0; i < 50; ++i) index.add("u" + std::to_string(i), "p");
  EXPECT_EQ(index.of("p").size(), 10U);
  EXPECT_EQ(index.of("p").front(), "u49");
  for (int i = 0; i < 100'000; ++i)
    index.add("u" + std::to_string(i % 700), "p" + std::to_string(i % 900));
  EXPECT_LE(index.size(), 1'000U);
  EXPECT_TRUE(index.knows("p" + std::to_string(99'999 % 900)));
}

} // namespace
} // namespace riq::engine
