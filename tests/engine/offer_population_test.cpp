// What is learned of arms: counts that fade, a changed world, regressions.

#include "engine/bandit/population.hpp"

#include "engine/random.hpp"
#include "user_events.hpp"

namespace riq::engine {
namespace {

using namespace riq::testing;

TEST(arm_table, counts_fade_and_take_late_records) {
  arm_table t;
  const auto a = arm_key("a");
  for (int i = 0; i < 4; ++i) t.serve(a, t0);
  t.reward(a, 1, t0);
  t.reward(a, 1, t0);
  const auto later = t.as_of(a, t0 + 14 * day);
  EXPECT_NEAR(later.served, 2, 1e-9);
  EXPECT_NEAR(later.reward, 1, 1e-9);
  t.serve(a, t0 + 14 * day);
  t.serve(a, t0); // late: half of one
  EXPECT_NEAR(t.as_of(a, t0 + 14 * day).served, 3.5, 1e-9);
  EXPECT_EQ(t.find(arm_key("unknown")), nullptr);
}

/// Serves and tells outcomes at this rate.
void play(arm_table& t, std::uint64_t arm, double rate, int times, random_source& random) {
  for (int i = 0; i < times; ++i) {
    t.serve(arm, t0);
    t.reward(arm, random.unit() < rate ? 1 : 0, t0);
  }
}

TEST(arm_table, notices_a_world_that_changed_and_seldom_one_that_did_not) {
  int false_alarms = 0;
  int noticed = 0;
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    random_source random{seed};
    arm_table t;
    play(t, 1, 0.12, 1'000, random);
    false_alarms += t.changes_noticed() > 0 ? 1 : 0;
    const auto before = t.changes_noticed();
    play(t, 1, 0.03, 800, random);
    noticed += t.changes_noticed() > before ? 1 : 0;
  }
  EXPECT_LE(false_alarms, 5);
  EXPECT_GE(noticed, 45);
}

TEST(arm_table, offers_whose_failures_nobody_tells_raise_no_alarm) {
  arm_table t;
  for (int i = 0; i < 5'000; ++i) {
    t.serve(1, t0);
    if (i % 20 == 0 && i < 3'000) t.reward(1, 1, t0);
  }
  EXPECT_EQ(t.changes_noticed(), 0U);
  EXPECT_NEAR(t.find(1)->reward, 150, 1e-9);
}

TEST(linear_model, finds_the_weights_that_made_the_rewards) {
  linear_model m{3};
  random_source random{3};
  for (int i = 0; i < 3'000; ++i) {
    const std::vector<double> x{1, 2 * random.unit() - 1, 2 * random.unit() - 1};
    m.serve(x, t0);
    m.reward(x, 0.3 + 0.5 * x[1] - 0.2 * x[2] + 0.1 * (random.unit() - 0.5), t0);
  }
  EXPECT_NEAR(m.mean(std::vector<double>{1, 0, 0}), 0.3, 0.01);
  EXPECT_NEAR(m.mean(std::vector<double>{1, 1, 0}), 0.8, 0.01);
  EXPECT_NEAR(m.mean(std::vector<double>{1, 0, 1}), 0.1, 0.01);
  EXPECT_NEAR(m.variance(std::vector<double>{1, 0, 0}), 1.0 / 3'000, 2e-4);
}

TEST(offer_population, keeps_levels_and_layouts_apart) {
  offer_population p;
  session_update u{.kind = session_update::what::offer_served,
                   .time = t0,
                   .campaign = "c",
                   .arm = "a",
                   .levels = {"segment=new"},
                   .features = {1, 2},
                   .layout = 7};
  p.apply(u);
  EXPECT_EQ(p.table("c", "")->all().served, 1);
  EXPECT_EQ(p.table("c", "segment=new")->all().served, 1);
  EXPECT_EQ(p.table("c", "segment=vip"), nullptr);
  EXPECT_EQ(p.table("d", ""), nullptr);
  ASSERT_NE(p.linear("c", 7, arm_key("a")), nullptr);
  EXPECT_EQ(p.linear("c", 8, arm_key("a")), nullptr);
  u.features = {1, 2, 3}; // another edition's: not the same regression
  p.apply(u);
  EXPECT_EQ(p.linear("c", 7, arm_key("a"))->served(), 1);
  p.apply({.kind = session_update::what::touch, .campaign = "e", .arm = "z"});
  EXPECT_EQ(p.table("e", ""), nullptr);
}

} // namespace
} // namespace riq::engine
