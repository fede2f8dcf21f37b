#include "engine/bandit/off_policy.hpp"

#include <array>

#include "engine/random.hpp"
#include "user_events.hpp"

namespace riq::engine {
namespace {

using namespace riq::testing;

const std::array<double, 3> truth{0.1, 0.3, 0.2};

/// Decisions of a policy with these propensities.
std::vector<logged_decision> play(std::vector<double> propensities, int decisions,
                                  std::uint64_t seed) {
  random_source random{seed};
  std::vector<logged_decision> out;
  for (int i = 0; i < decisions; ++i) {
    auto left = random.unit();
    std::size_t k = 0;
    while (k < 2 && (left -= propensities[k]) >= 0) ++k;
    logged_decision d{.time = t0 + i,
                      .arm = std::string(1, static_cast<char>('a' + k)),
                      .propensity = propensities[k],
                      .arms = {"a", "b", "c"},
                      .propensities = propensities,
                      .means = {0.2, 0.2, 0.2}};
    d.reward = random.unit() < truth[k] ? 1 : 0;
    out.push_back(std::move(d));
  }
  return out;
}

std::shared_ptr<campaign> target(policy_settings policy) {
  campaign_settings c;
  c.id = "c";
  c.policy = std::move(policy);
  c.arms = {{.id = "a"}, {.id = "b"}, {.id = "c"}};
  return *campaign::compile(c);
}

TEST(off_policy, finds_the_value_of_policies_that_did_not_decide) {
  int covered = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const auto log = play({0.7, 0.1, 0.2}, 2'000, seed);
    const auto all = evaluate(*target({.kind = policy_kind::uniform}), log);
    ASSERT_EQ(all.refused, "");
    EXPECT_NEAR(all.mean_inverse_propensity, 3, 0.5);
    for (const auto& e : {all.ips, all.snips, all.doubly_robust})
      covered += e.low <= 0.2 && 0.2 <= e.high ? 1 : 0;
    const auto b = evaluate(*target({.kind = policy_kind::fixed, .arm = "b"}), log);
    covered += b.snips.low <= 0.3 && 0.3 <= b.snips.high ? 1 : 0;
    EXPECT_LT(b.effective_sample_size, 300);
  }
  EXPECT_GE(covered, 160 * 88 / 100);
}

TEST(off_policy, refuses_where_the_log_has_no_support) {
  const auto log = play({0.5, 0, 0.5}, 2'000, 7);
  const auto b = evaluate(*target({.kind = policy_kind::fixed, .arm = "b"}), log);
  EXPECT_NE(b.refused, "");
  EXPECT_EQ(b.unsupported, 1);
  EXPECT_EQ(b.ips.value, 0);
  const auto few = play({0.98, 0.01, 0.01}, 200, 7);
  EXPECT_NE(evaluate(*target({.kind = policy_kind::fixed, .arm = "b"}), few).refused, "");
  EXPECT_NE(evaluate(*target({.kind = policy_kind::uniform}), {}).refused, "");
}

TEST(off_policy, a_learning_policy_is_valued_as_it_would_have_learned) {
  const auto log = play({1.0 / 3, 1.0 / 3, 1.0 / 3}, 6'000, 3);
  const auto greedy = evaluate(*target({.kind = policy_kind::epsilon_greedy}), log);
  ASSERT_EQ(greedy.refused, "");
  EXPECT_GT(greedy.ips.value, 0.25);
  EXPECT_LT(greedy.ips.value, 0.32);
}

TEST(off_policy, groups_are_compared_by_intervals_that_always_hold) {
  int ever_wrong = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    auto log = play({1, 0, 0}, 3'000, seed);
    bool wrong = false;
    for (std::size_t n = 200; n <= log.size(); n += 200) {
      const auto r = compare_groups({log.begin(), log.begin() + static_cast<std::ptrdiff_t>(n)});
      const auto& e = r.at("policy").reward;
      wrong = wrong || e.low > truth[0] || e.high < truth[0];
    }
    ever_wrong += wrong ? 1 : 0;
  }
  EXPECT_LE(ever_wrong, 6);
}

} // namespace
} // namespace riq::engine
