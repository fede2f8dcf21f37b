#include "actors/left_right.hpp"

#include <random>

#include <gtest/gtest.h>

namespace riq {
namespace {

struct listing {
  std::vector<int> values;
  int epoch = 0;
};

struct append_value {
  int value = 0;
  void apply_to(listing& to) const { to.values.push_back(value); }
};

using pair_of_lists = left_right<listing, append_value>;

pair_of_lists make() {
  return {std::make_unique<listing>(), std::make_unique<listing>()};
}

std::shared_ptr<const listing> publish(pair_of_lists& m, int epoch = 0) {
  return m.publish([=](listing& l) { l.epoch = epoch; });
}

TEST(left_right, readers_see_what_was_published_and_no_more) {
  auto m = make();
  m.apply({1});
  EXPECT_TRUE(m.worth_publishing());
  const auto seen = publish(m, 7);
  EXPECT_EQ(seen->values, std::vector<int>{1});
  EXPECT_EQ(seen->epoch, 7);
  m.apply({2});
  EXPECT_EQ(seen->values, std::vector<int>{1});
  EXPECT_EQ(m.newest().values, (std::vector<int>{1, 2}));
}

TEST(left_right, nothing_new_is_not_worth_publishing) {
  auto m = make();
  EXPECT_FALSE(m.worth_publishing());
  m.apply({1});
  auto seen = publish(m);
  EXPECT_FALSE(m.worth_publishing());
}

TEST(left_right, a_reader_of_the_old_epoch_holds_the_writers_copy_back) {
  auto m = make();
  m.apply({1});
  auto first = publish(m);
  m.apply({2});
  auto second = publish(m); // the copy behind it is still read by `first`
  m.apply({3});
  EXPECT_FALSE(m.caught_up());
  EXPECT_FALSE(m.worth_publishing());
  EXPECT_EQ(first->values, std::vector<int>{1});
  first.reset();
  EXPECT_TRUE(m.caught_up());
  EXPECT_EQ(m.newest().values, (std::vector<int>{1, 2, 3}));
  EXPECT_EQ(second->values, (std::vector<int>{1, 2}));
  EXPECT_TRUE(m.worth_publishing());
}

TEST(left_right, a_published_copy_outlives_the_writer) {
  std::shared_ptr<const listing> kept;
  {
    auto m = make();
    m.apply({1});
    kept = publish(m);
  }
  EXPECT_EQ(kept->values, std::vector<int>{1});
}

TEST(left_right, both_copies_end_equal_however_long_readers_hold_on) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    std::mt19937 random{seed};
    auto m = make();
    std::vector<int> all;
    std::vector<std::pair<std::shared_ptr<const listing>, std::vector<int>>> readers;
    for (int step = 0; step < 100; ++step) {
      switch (random() % 4) {
      case 0:
      case 1:
        all.push_back(step);
        m.apply({step});
        break;
      case 2:
        if (m.worth_publishing()) readers.emplace_back(publish(m), all);
        break;
      default:
        if (!readers.empty())
          readers.erase(readers.begin() + static_cast<std::ptrdiff_t>(random() % readers.size()));
      }
      for (const auto& [seen, expected] : readers) ASSERT_EQ(seen->values, expected);
    }
    readers.clear();
    ASSERT_TRUE(m.caught_up());
    ASSERT_EQ(m.newest().values, all);
    m.apply({-1});
    all.push_back(-1);
    auto one = publish(m);
    m.apply({-2});
    all.push_back(-2);
    auto other = publish(m);
    one.reset();
    m.apply({-3});
    all.push_back(-3);
    ASSERT_EQ(m.newest().values, all);
    const auto last = publish(m);
    ASSERT_EQ(last->values, all);
  }
}

} // namespace
} // namespace riq
