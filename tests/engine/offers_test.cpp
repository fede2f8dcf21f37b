#include "engine/offers.hpp"

#include <numeric>

#include "user_events.hpp"

namespace riq::engine {
namespace {

using namespace riq::testing;

session_update offer(session_update::what kind, std::string arm, std::int64_t time,
                     std::vector<std::string> levels = {}, double reward = 0) {
  return {.kind = kind,
          .time = time,
          .campaign = "c",
          .arm = std::move(arm),
          .reward = reward,
          .levels = std::move(levels)};
}

class choosing : public ::testing::Test, public subject {
 protected:
  choosing() {
    campaign.id = "c";
    campaign.arms = {{.id = "a"}, {.id = "b"}, {.id = "x"}, {.id = "y"}};
  }
  std::vector<weighed_arm> weighed(std::int64_t now = t0) {
    auto arms = eligible_arms(campaign, state, now, settings);
    weigh(arms, campaign, state, population, now, settings);
    return arms;
  }
  void everybody(const std::string& arm, int served, int rewarded,
                 std::vector<std::string> levels = {}) {
    for (int i = 0; i < served; ++i)
      population.apply(offer(session_update::what::offer_served, arm, t0, levels));
    for (int i = 0; i < rewarded; ++i)
      population.apply(offer(session_update::what::offer_rewarded, arm, t0, levels, 1));
  }
  std::string eligible(std::int64_t now = t0) {
    std::string names;
    for (const auto& a : eligible_arms(campaign, state, now, settings)) names += a.arm->id;
    return names;
  }

  campaign_settings campaign;
  offer_population population;
};

TEST_F(choosing, without_knowledge_all_arms_tie) {
  for (const auto& a : weighed()) {
    EXPECT_DOUBLE_EQ(a.propensity, 0.25);
    EXPECT_DOUBLE_EQ(a.mean, prior_mean);
  }
}

TEST_F(choosing, the_best_arm_has_the_exploited_share) {
  everybody("b", 10, 9);
  const auto arms = weighed();
  EXPECT_DOUBLE_EQ(arms[0].propensity, 0.025);
  EXPECT_DOUBLE_EQ(arms[1].propensity, 0.925);
  EXPECT_DOUBLE_EQ(arms[1].mean, (9 + 1.0) / (10 + 10.0));
}

TEST_F(choosing, ties_share_what_is_exploited) {
  everybody("a", 10, 9);
  everybody("x", 10, 9);
  const auto arms = weighed();
  EXPECT_DOUBLE_EQ(arms[0].propensity, 0.475);
  EXPECT_DOUBLE_EQ(arms[1].propensity, 0.025);
  EXPECT_DOUBLE_EQ(arms[2].propensity, 0.475);
}

TEST_F(choosing, propensities_are_those_of_the_draws) {
  everybody("b", 10, 9);
  const auto arms = weighed();
  random_source random{42};
  std::array<int, 4> drawn{};
  constexpr int draws = 100'000;
  for (int i = 0; i < draws; ++i) ++drawn[&draw(arms, random) - arms.data()];
  double sum = 0;
  for (std::size_t i = 0; i < arms.size(); ++i) {
    sum += arms[i].propensity;
    EXPECT_NEAR(static_cast<double>(drawn[i]) / draws, arms[i].propensity, 0.005);
  }
  EXPECT_NEAR(sum, 1, 1e-12);
}

TEST_F(choosing, an_arm_without_chance_is_never_drawn) {
  campaign.epsilon = 0;
  everybody("a", 10, 9);
  const auto arms = weighed();
  EXPECT_EQ(arms[3].propensity, 0);
  random_source random{7};
  for (int i = 0; i < 10'000; ++i) ASSERT_EQ(draw(arms, random).arm->id, "a");
}

TEST_F(choosing, the_users_own_counts_outweigh_the_others_in_time) {
  everybody("a", 1'000, 500);
  everybody("b", 1'000, 100);
  EXPECT_GT(weighed()[0].propensity, 0.9);
  for (int i = 0; i < 60; ++i) {
    apply(t0, serves("a" + std::to_string(i), "a"));
    apply(t0, serves("b" + std::to_string(i), "b"));
    apply(t0, rewards("b" + std::to_string(i), t0, 1, "b"));
  }
  const auto arms = weighed();
  EXPECT_GT(arms[1].propensity, 0.9);
  EXPECT_NEAR(arms[0].mean, (0 + user_servings * 0.496) / (60 + user_servings), 0.01);
}

TEST_F(choosing, a_level_speaks_against_everybody) {
  everybody("a", 1'000, 300);
  everybody("b", 1'000, 100);
  everybody("b", 200, 150, {"segment=new"});
  EXPECT_GT(weighed()[1].propensity, 0.9); // this user is new
  apply(t0, acts(activity_type::view, "p"));
  apply(t0 + hour, acts(activity_type::view, "p"));
  EXPECT_GT(weighed(t0 + hour)[0].propensity, 0.9); // and now active
  EXPECT_EQ(levels_of(state, t0 + hour, settings), (std::vector<std::string>{"segment=active"}));
}

TEST_F(choosing, population_counts_fade_and_take_late_records) {
  everybody("a", 4, 2);
  const auto later = population.of("c", "", "a", t0 + 14 * day);
  EXPECT_NEAR(later.served, 2, 1e-9);
  EXPECT_NEAR(later.reward, 1, 1e-9);
  population.apply(offer(session_update::what::offer_served, "a", t0 + 14 * day));
  population.apply(offer(session_update::what::offer_served, "a", t0)); // late: half of one
  EXPECT_NEAR(population.of("c", "", "a", t0 + 14 * day).served, 3.5, 1e-9);
  EXPECT_EQ(population.of("c", "", "unknown", t0).served, 0);
  EXPECT_EQ(population.of("c", "segment=new", "a", t0).served, 0);
  population.apply({.kind = session_update::what::touch, .campaign = "c", .arm = "z"});
  EXPECT_EQ(population.of("c", "", "z", t0).served, 0);
}

TEST_F(choosing, arms_open_by_segment_cart_and_time) {
  campaign.arms[0].segment = "high_value";
  campaign.arms[1].min_cart = 50;
  campaign.arms[2].valid_from = t0 + hour;
  campaign.arms[3].valid_until = t0 + hour;
  EXPECT_EQ(eligible(t0), "y");
  EXPECT_EQ(eligible(t0 + hour), "x");
  apply(t0, acts(activity_type::add_to_cart, "p", 60));
  EXPECT_EQ(eligible(t0), "by");
  apply(t0 - day, orders("o", order_status::completed, {{"q", 1, 1}}));
  EXPECT_EQ(eligible(t0), "aby");
}

TEST_F(choosing, a_capped_arm_waits_for_the_next_day) {
  campaign.arms[0].cap_per_user_day = 2;
  apply(t0, serves("d1"));
  EXPECT_EQ(eligible(t0), "abxy");
  apply(t0, serves("d2"));
  EXPECT_EQ(eligible(t0), "bxy");
  EXPECT_EQ(eligible(t0 + day - 1), "bxy");
  EXPECT_EQ(eligible(t0 + day), "abxy");
}

TEST_F(choosing, no_arms_is_no_harm) {
  campaign.arms.clear();
  EXPECT_TRUE(weighed().empty());
}

// ε-greedy with this hierarchy finds the best offer of each segment, and inverse propensity
// weighting of its own log gives the value of the uniform policy.
TEST_F(choosing, learning_finds_the_best_arm_and_its_log_is_unbiased) {
  random_source random{3};
  const std::array<double, 4> truth{0.05, 0.12, 0.03, 0.08};
  constexpr int rounds = 20'000;
  double got = 0;
  double inverse = 0;
  double uniform = 0;
  for (int i = 0; i < rounds; ++i) {
    state = {};
    const auto arms = weighed();
    const auto& a = draw(arms, random);
    const auto k = static_cast<std::size_t>(&a - arms.data());
    const double y = random.unit() < truth[k] ? 1 : 0;
    population.apply(offer(session_update::what::offer_served, a.arm->id, t0, {"segment=new"}));
    if (y > 0)
      population.apply(
        offer(session_update::what::offer_rewarded, a.arm->id, t0, {"segment=new"}, y));
    got += truth[k];
    inverse += 1 / a.propensity;
    uniform += y / 4 / a.propensity;
  }
  EXPECT_GT(got / rounds, 0.105); // 0.9·0.12 + 0.1·0.07 = 0.115 from the first round on
  EXPECT_NEAR(inverse / rounds, 4, 0.4);
  EXPECT_NEAR(uniform / rounds, 0.07, 0.015);
}

} // namespace
} // namespace riq::engine
