#include "engine/touch_sample.hpp"

#include <map>
#include <set>
#include <vector>

#include <gtest/gtest.h>

#include "engine/random.hpp"
#include "messages/hash.hpp"

namespace riq::engine {
namespace {

constexpr std::int64_t begin_ms = 1'700'000'000'000;

std::uint64_t key_of(std::uint64_t n) {
  return stable_hash("session", n);
}

TEST(touch_sample, has_every_touch_up_to_the_bound) {
  touch_sample sample{100};
  for (std::int64_t i = 0; i < 5'000; ++i) // 100 a second
    EXPECT_EQ(sample.weigh(key_of(static_cast<std::uint64_t>(i)), begin_ms + i * 10), 1);
}

TEST(touch_sample, has_all_when_there_is_no_bound) {
  touch_sample sample{0};
  for (std::uint64_t i = 0; i < 5'000; ++i) EXPECT_EQ(sample.weigh(key_of(i), begin_ms), 1);
}

TEST(touch_sample, stands_for_all_and_is_about_as_large_as_the_bound) {
  touch_sample sample{100};
  random_source random{7};
  double in_sample = 0;
  double stood_for = 0;
  constexpr std::int64_t touches = 200'000; // in 100 s, of 40,000 sessions
  for (std::int64_t i = 0; i < touches; ++i) {
    const auto of = static_cast<std::uint64_t>(random.unit() * 40'000);
    const auto weight = sample.weigh(key_of(of), begin_ms + i / 2);
    in_sample += weight > 0;
    stood_for += weight;
  }
  EXPECT_NEAR(stood_for / touches, 1, 0.05);
  // The bound of 100 s, and what came before the rate was known.
  EXPECT_GT(in_sample, 10'000 * 0.9);
  EXPECT_LT(in_sample, 10'000 * 1.5);
}

// But for a few of which p, which moves a little with each second, decides now so and now so.
TEST(touch_sample, has_sessions_as_a_whole) {
  touch_sample sample{100};
  for (std::int64_t i = 0; i < 20'000; ++i) // a window at 2,000 a second
    sample.weigh(key_of(0), begin_ms + i / 2);
  std::map<std::uint64_t, std::set<bool>> met;
  for (std::int64_t i = 0; i < 20'000; ++i) {
    const auto of = static_cast<std::uint64_t>(i) % 500;
    met[of].insert(sample.weigh(key_of(of), begin_ms + 10'000 + i / 2) > 0);
  }
  std::size_t in_both = 0;
  for (const auto& [of, answers] : met) in_both += answers.size() > 1;
  EXPECT_LE(in_both, 10U);
}

TEST(touch_sample, takes_little_of_a_short_burst) {
  touch_sample sample{100};
  double in_sample = 0;
  double stood_for = 0;
  constexpr std::int64_t touches = 200'000; // in 10 s
  for (std::int64_t i = 0; i < touches; ++i) {
    const auto of = static_cast<std::uint64_t>(i) % 20'000;
    const auto weight = sample.weigh(key_of(of), begin_ms + i / 20);
    in_sample += weight > 0;
    stood_for += weight;
  }
  EXPECT_NEAR(stood_for / touches, 1, 0.05);
  // The bound of 10 s, and what came in the first second before the rate was known: ln(200) times
  // the bound.
  EXPECT_LT(in_sample, 2'000);
}

// Of which all touches of a second come at once, as far as can be seen.
TEST(touch_sample, a_clock_of_whole_seconds_does_not_make_a_burst) {
  touch_sample sample{100};
  for (std::int64_t i = 0; i < 5'000; ++i)
    EXPECT_EQ(sample.weigh(key_of(static_cast<std::uint64_t>(i)), begin_ms + i / 100 * 1'000), 1);
}

TEST(touch_sample, sessions_only_leave_as_more_comes) {
  touch_sample sample{10};
  std::set<std::uint64_t> gone;
  for (std::uint64_t i = 0; i < 100'000; ++i) {
    const auto of = i % 1'000;
    if (sample.weigh(key_of(of), begin_ms) == 0)
      gone.insert(of);
    else
      EXPECT_FALSE(gone.contains(of)) << of;
  }
  EXPECT_GT(gone.size(), 900U);
}

TEST(touch_sample, a_clock_that_is_ahead_changes_nothing_for_others) {
  touch_sample sample{100};
  EXPECT_EQ(sample.weigh(key_of(1), begin_ms + 300'000), 1);
  for (std::int64_t i = 0; i < 20'000; ++i) // 100 a second
    EXPECT_EQ(sample.weigh(key_of(2), begin_ms + i * 10), 1) << i;
}

TEST(touch_sample, a_slow_log_is_learned_in_full_however_late_it_comes) {
  touch_sample sample{100};
  const std::int64_t day = 86'400'000;
  for (std::int64_t i = 0; i < 10'000; ++i) {
    sample.weigh(key_of(static_cast<std::uint64_t>(i)), begin_ms + i / 10); // 10,000 a second now
    if (i % 10 != 0) continue;
    EXPECT_EQ(sample.weigh(key_of(3), begin_ms - day + i * 10), 1);
  }
}

TEST(touch_sample, the_same_touches_draw_the_same_sample) {
  std::vector<double> weights[2];
  for (auto& of : weights) {
    touch_sample sample{20};
    for (std::uint64_t i = 0; i < 5'000; ++i)
      of.push_back(sample.weigh(key_of(i % 700), begin_ms + static_cast<std::int64_t>(i)));
  }
  EXPECT_EQ(weights[0], weights[1]);
}

} // namespace
} // namespace riq::engine
