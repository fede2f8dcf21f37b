#include "engine/rate_guard.hpp"

#include <string>

#include <gtest/gtest.h>

namespace riq::engine {
namespace {

constexpr std::int64_t t0 = 1'700'000'000'000;

TEST(rate_guard, refuses_what_exceeds_the_limit_in_ten_seconds) {
  rate_guard g{5};
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(g.admit("u", t0 + i * 1'000));
  EXPECT_FALSE(g.admit("u", t0 + 9'999));
  EXPECT_TRUE(g.admit("other", t0 + 9'999));
}

TEST(rate_guard, the_window_slides_with_event_time) {
  rate_guard g{5};
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(g.admit("u", t0));
  EXPECT_FALSE(g.admit("u", t0 + 9'000));
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(g.admit("u", t0 + 10'000)); // the refused one counts
  EXPECT_FALSE(g.admit("u", t0 + 10'000));
  EXPECT_TRUE(g.admit("u", t0 + 60'000));
}

TEST(rate_guard, who_does_not_stop_stays_refused) {
  rate_guard g{10};
  int admitted = 0;
  for (int i = 0; i < 10'000; ++i) admitted += g.admit("u", t0 + i * 10) ? 1 : 0;
  EXPECT_EQ(admitted, 10);
}

TEST(rate_guard, late_events_count_where_they_belong) {
  rate_guard g{3};
  EXPECT_TRUE(g.admit("u", t0 + 5'000));
  EXPECT_TRUE(g.admit("u", t0));
  EXPECT_TRUE(g.admit("u", t0 + 2'000));
  EXPECT_FALSE(g.admit("u", t0 + 1'000));
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(g.admit("u", t0 - 60'000)); // older than the window
}

TEST(rate_guard, no_limit_admits_all) {
  rate_guard g{0};
  for (int i = 0; i < 1'000; ++i) ASSERT_TRUE(g.admit("u", t0));
}

TEST(rate_guard, too_many_users_only_let_more_pass) {
  rate_guard g{2, 16};
  for (int i = 0; i < 100'000; ++i) ASSERT_TRUE(g.admit("user" + std::to_string(i), t0 + i)) << i;
}

TEST(rate_guard, the_same_calls_have_the_same_verdicts) {
  rate_guard a{20, 64};
  rate_guard b{20, 64};
  for (std::uint64_t i = 0; i < 20'000; ++i) {
    const auto user = "u" + std::to_string(i * i % 97);
    const auto time = t0 + static_cast<std::int64_t>(i * 7 % 1'000 + i * 10);
    ASSERT_EQ(a.admit(user, time), b.admit(user, time));
  }
}

} // namespace
} // namespace riq::engine
