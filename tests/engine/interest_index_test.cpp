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

TEST(interest_index, remembers_the_highest_price_until_it_is_set) {
  interest_index index{100, 10};
  EXPECT_EQ(index.ceiling("p"), 0);
  index.set_ceiling("p", 5); // nobody cares
  EXPECT_EQ(index.ceiling("p"), 0);
  index.add("a", "p", 20);
  index.add("b", "p", 15);
  index.add("c", "p");
  EXPECT_EQ(index.ceiling("p"), 20);
  index.set_ceiling("p", 12);
  EXPECT_EQ(index.ceiling("p"), 12);
  index.add("b", "p", 18);
  EXPECT_EQ(index.ceiling("p"), 18);
  index.forget_ceilings();
  EXPECT_EQ(index.ceiling("p"), 0);
  index.add("a", "p", 3);
  for (const auto* user : {"a", "b", "c"}) index.forget(user);
  index.add("d", "p");
  EXPECT_EQ(index.ceiling("p"), 0) << "it went with the last who cared";
}

TEST(interest_index, takes_hints_for_what_it_knows_and_what_it_does_not) {
  interest_index index{100, 10};
  const std::vector<std::uint64_t> hashes{stable_hash("a"), stable_hash("p"), 0, 77};
  index.foresee(hashes, hashes);
  index.add("a", "p");
  index.foresee(hashes, hashes);
  EXPECT_THAT(index.of("p"), ElementsAre("a"));
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
