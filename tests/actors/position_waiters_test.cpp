#include "actors/position_waiters.hpp"

#include <optional>

#include <gtest/gtest.h>

namespace riq {
namespace {

using offsets = position_waiters::offsets;

TEST(position_waiters, a_position_is_reached_when_all_its_parts_are) {
  position_waiters w;
  EXPECT_TRUE(w.reached({-1, -1, -1, -1}));
  w.passed(source::activity, 5);
  EXPECT_TRUE(w.reached({5, -1, -1, -1}));
  EXPECT_FALSE(w.reached({6, -1, -1, -1}));
  EXPECT_FALSE(w.reached({5, 0, -1, -1}));
  w.passed(source::order, 0);
  EXPECT_TRUE(w.reached({5, 0, -1, -1}));
}

TEST(position_waiters, a_repeated_event_does_not_turn_back) {
  position_waiters w;
  w.passed(source::activity, 5);
  w.passed(source::activity, 2);
  EXPECT_TRUE(w.reached({5, -1, -1, -1}));
}

TEST(position_waiters, lets_go_once_with_what_became_of_the_wait) {
  position_waiters w;
  std::vector<bool> first, second;
  w.add({3, -1, -1, -1}, 100, [&](bool stale) { first.push_back(stale); });
  w.add({9, -1, -1, -1}, 100, [&](bool stale) { second.push_back(stale); });
  w.release(50);
  EXPECT_TRUE(first.empty());
  w.passed(source::activity, 3);
  w.release(50);
  EXPECT_EQ(first, std::vector<bool>{false});
  EXPECT_EQ(w.size(), 1U);
  w.release(99);
  EXPECT_TRUE(second.empty());
  w.release(100);
  EXPECT_EQ(second, std::vector<bool>{true});
  w.release(200);
  EXPECT_EQ(first.size() + second.size(), 2U);
}

TEST(position_waiters, a_position_reached_at_the_deadline_is_not_stale) {
  position_waiters w;
  std::optional<bool> stale;
  w.add({3, -1, -1, -1}, 100, [&](bool s) { stale = s; });
  w.passed(source::activity, 3);
  w.release(500);
  EXPECT_EQ(stale, false);
}

TEST(position_waiters, one_that_runs_may_wait_again) {
  position_waiters w;
  int runs = 0;
  std::function<void(bool)> again = [&](bool) {
    if (++runs < 3) w.add({1, -1, -1, -1}, 100, again);
  };
  w.add({1, -1, -1, -1}, 100, again);
  w.release(100);
  EXPECT_EQ(runs, 1);
  EXPECT_EQ(w.size(), 1U);
  w.release(100);
  w.release(100);
  EXPECT_EQ(runs, 3);
  EXPECT_EQ(w.size(), 0U);
}

} // namespace
} // namespace riq
