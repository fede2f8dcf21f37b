#include "engine/triggers/interest_index.hpp"

#include <algorithm>
#include <random>
#include <string>
#include <utility>
#include <vector>

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

TEST(interest_index, holds_the_latest_as_a_plain_list_would) {
  constexpr std::size_t entries = 60;
  constexpr std::size_t per_item = 7;
  interest_index index{entries, per_item};
  std::vector<std::pair<std::string, std::string>> plain; // user and item, the oldest first
  std::mt19937 random{4};
  for (int step = 0; step < 5'000; ++step) {
    const auto user = "u" + std::to_string(random() % 15);
    const auto item = "p" + std::to_string(random() % 12);
    if (random() % 50 == 0) {
      index.forget(user);
      std::erase_if(plain, [&](const auto& x) { return x.first == user; });
    } else {
      index.add(user, item);
      std::erase(plain, std::pair{user, item});
      plain.emplace_back(user, item);
      const auto of_item = [&](const auto& x) { return x.second == item; };
      if (std::ranges::count_if(plain, of_item) > static_cast<std::ptrdiff_t>(per_item))
        plain.erase(std::ranges::find_if(plain, of_item));
      if (plain.size() > entries) plain.erase(plain.begin());
    }
    ASSERT_EQ(index.size(), plain.size());
    std::vector<std::string> expected;
    for (auto x = plain.rbegin(); x != plain.rend(); ++x)
      if (x->second == item) expected.push_back(x->first);
    ASSERT_EQ(index.of(item), expected);
    ASSERT_EQ(index.knows(item), !expected.empty());
  }
}

} // namespace
} // namespace riq::engine
