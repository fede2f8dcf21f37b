// Deciding: who may get what, what is believed, the policies' propensities.

#include "engine/bandit/decide.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include <gmock/gmock.h>

#include "engine/bandit/best_of.hpp"
#include "user_events.hpp"

namespace riq::engine {
namespace {

using namespace riq::testing;
using ::testing::HasSubstr;

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
    edition.id = "c";
    edition.arms = {{.id = "a"}, {.id = "b"}, {.id = "x"}, {.id = "y"}};
  }

  std::shared_ptr<const campaign> compiled() {
    auto c = campaign::compile(edition);
    EXPECT_TRUE(c) << c.error().field << ": " << c.error().detail;
    return *c;
  }

  result<offer_served> decided(std::int64_t now = t0) {
    auto d = decide(*compiled(), {state, under_way, told, now, settings}, population, random);
    if (!d) return d.error();
    EXPECT_NEAR(std::accumulate(d->served.propensities.begin(), d->served.propensities.end(), 0.0),
                d->served.arm.empty() ? 0 : 1, 1e-9);
    return std::move(d->served);
  }

  /// Of the arm, in a decision now.
  double propensity(const std::string& arm, std::int64_t now = t0) {
    const auto d = decided(now);
    if (!d) return 0;
    const auto at = std::ranges::find(d->arms, arm);
    return at == d->arms.end() ? 0
                               : d->propensities[static_cast<std::size_t>(at - d->arms.begin())];
  }

  std::string open(std::int64_t now = t0) {
    const auto c = compiled();
    const field_lookup fields{told, state, now, settings};
    std::string names;
    for (const auto& a : open_arms(*c, {state, under_way, told, now, settings}, fields))
      names += edition.arms[a.index].id;
    return names;
  }

  void everybody(const std::string& arm, int served, int rewarded,
                 std::vector<std::string> levels = {}) {
    for (int i = 0; i < served; ++i)
      population.apply(offer(session_update::what::offer_served, arm, t0, levels));
    for (int i = 0; i < rewarded; ++i)
      population.apply(offer(session_update::what::offer_rewarded, arm, t0, levels, 1));
  }

  campaign_settings edition;
  offer_population population;
  std::vector<decision_under_way> under_way;
  std::vector<context_value> told;
  random_source random{42};
};

TEST_F(choosing, without_knowledge_all_arms_tie) {
  for (const auto kind : {policy_kind::epsilon_greedy, policy_kind::thompson, policy_kind::linucb,
                          policy_kind::lin_ts, policy_kind::uniform}) {
    edition.policy.kind = kind;
    const auto made = decided();
    ASSERT_TRUE(made);
    for (const auto p : made->propensities) EXPECT_NEAR(p, 0.25, 1e-9) << name_of(kind);
  }
}

TEST_F(choosing, plain_epsilon_greedy_has_the_textbook_shares) {
  edition.policy.uniform_share = 1;
  everybody("b", 100, 90);
  EXPECT_NEAR(propensity("b"), 0.925, 1e-12);
  EXPECT_NEAR(propensity("a"), 0.025, 1e-12);
  everybody("x", 100, 90);
  EXPECT_NEAR(propensity("b"), 0.475, 1e-12);
  EXPECT_NEAR(propensity("x"), 0.475, 1e-12);
}

TEST_F(choosing, exploration_goes_where_the_best_may_be_but_never_leaves_an_arm_out) {
  everybody("a", 300, 60);
  everybody("b", 300, 54);
  everybody("x", 300, 3);
  everybody("y", 300, 3);
  EXPECT_GT(propensity("a"), 0.9);
  EXPECT_GT(propensity("b"), 0.015);
  EXPECT_NEAR(propensity("x"), 0.1 * 0.2 / 4, 1e-4);
}

TEST_F(choosing, epsilon_halves_with_decisions_when_told_so) {
  edition.policy.uniform_share = 1;
  edition.policy.epsilon_half_life = 100;
  everybody("a", 100, 90);
  EXPECT_NEAR(propensity("b"), 0.05 / 4, 1e-6);
}

TEST_F(choosing, draws_follow_the_propensities) {
  everybody("b", 100, 30);
  everybody("a", 100, 25);
  edition.policy.kind = policy_kind::thompson;
  const auto c = compiled();
  std::array<int, 4> drawn{};
  std::vector<double> expected;
  constexpr int draws = 50'000;
  for (int i = 0; i < draws; ++i) {
    const auto d = decide(*c, {state, {}, {}, t0, settings}, population, random);
    ++drawn[static_cast<std::size_t>(d->arm - c->settings.arms.data())];
    expected = d->served.propensities;
  }
  for (std::size_t i = 0; i < drawn.size(); ++i)
    EXPECT_NEAR(static_cast<double>(drawn[i]) / draws, expected[i], 0.008);
}

TEST_F(choosing, fixed_takes_its_arm_while_it_is_open) {
  edition.policy.kind = policy_kind::fixed;
  edition.policy.arm = "x";
  EXPECT_EQ(propensity("x"), 1);
  edition.arms[2].min_cart = 10;
  EXPECT_NEAR(propensity("a"), 1.0 / 3, 1e-12);
}

TEST_F(choosing, a_level_speaks_against_everybody) {
  everybody("a", 1'000, 300);
  everybody("b", 1'000, 100);
  everybody("a", 200, 40, {"segment=new"});
  everybody("b", 200, 150, {"segment=new"});
  EXPECT_GT(propensity("b"), 0.9); // this user is new
  edition.categorical = {"segment"};
  told = {{.name = "segment", .text = "vip"}};
  EXPECT_GT(propensity("a"), 0.8); // what the caller tells counts
}

TEST_F(choosing, a_new_level_starts_from_what_is_known_above_it) {
  everybody("a", 1'000, 100, {"segment=active"});
  everybody("b", 1'000, 80, {"segment=active"});
  EXPECT_GT(propensity("a"), 0.9); // nobody of this user's segment met any of them
}

TEST_F(choosing, one_users_luck_does_not_outweigh_everybodys_experience) {
  everybody("a", 2'000, 400);
  everybody("b", 2'000, 200);
  apply(t0, serves("d1", "b"));
  apply(t0, rewards("d1", t0, 1, "b"));
  EXPECT_GT(propensity("a"), 0.9);
}

TEST_F(choosing, levels_are_nested_in_the_order_of_the_campaign) {
  edition.categorical = {"segment", "device"};
  told = {{.name = "device", .text = "phone"}};
  EXPECT_EQ(decided()->levels,
            (std::vector<std::string>{"segment=new", "segment=new|device=phone"}));
  told = {{.name = "device", .is_number = true, .number = 3}};
  const auto wrong = decided();
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().field, "context.device");
}

TEST_F(choosing, features_come_from_the_call_or_the_user) {
  edition.numeric = {"f0", "cart_value"};
  told = {{.name = "f0", .is_number = true, .number = 0.4}};
  apply(t0, acts(activity_type::add_to_cart, "p", 60));
  EXPECT_EQ(decided()->features, (std::vector<double>{1, 0.4, 60}));
  told = {{.name = "f0", .text = "four"}};
  EXPECT_EQ(decided().error().field, "context.f0");
}

TEST_F(choosing, arms_open_by_segment_cart_time_and_expression) {
  edition.arms[0].segment = "high_value";
  edition.arms[1].min_cart = 50;
  edition.arms[2].valid_from = t0 + hour;
  edition.arms[3].valid_until = t0 + hour;
  EXPECT_EQ(open(t0), "y");
  EXPECT_EQ(open(t0 + hour), "x");
  apply(t0, acts(activity_type::add_to_cart, "p", 60));
  EXPECT_EQ(open(t0), "by");
  apply(t0 - day, orders("o", order_status::completed, {{"q", 1, 1}}));
  EXPECT_EQ(open(t0), "aby");
  edition.arms[1].eligible = "first_order";
  EXPECT_EQ(open(t0), "ay");
  edition.eligible = "country = DE";
  EXPECT_EQ(open(t0), "");
  told = {{.name = "country", .text = "DE"}};
  EXPECT_EQ(open(t0), "ay");
}

TEST_F(choosing, caps_count_what_is_under_way) {
  edition.arms[0].cap_per_user_day = 2;
  apply(t0, serves("d1"));
  EXPECT_EQ(open(t0), "abxy");
  under_way = {{1, "c", "a", t0}};
  EXPECT_EQ(open(t0), "bxy");
  under_way.clear();
  apply(t0, serves("d2"));
  EXPECT_EQ(open(t0 + day - 1), "bxy");
  EXPECT_EQ(open(t0 + day), "abxy");
  edition.cap_per_user_day = 2;
  EXPECT_EQ(open(t0), "");
}

TEST_F(choosing, cool_downs_count_from_the_last_serving) {
  edition.arms[1].cooldown_min = 10;
  apply(t0, serves("d1", "b"));
  EXPECT_EQ(open(t0 + 10 * minute - 1), "axy");
  EXPECT_EQ(open(t0 + 10 * minute), "abxy");
  edition.cooldown_min = 20;
  EXPECT_EQ(open(t0 + 10 * minute), "");
}

TEST_F(choosing, groups_are_sticky_and_have_their_shares) {
  edition.holdout = 0.2;
  edition.groups = {{.name = "b", .share = 0.3, .policy = {.kind = policy_kind::uniform}}};
  std::map<std::string, int> seen;
  for (int i = 0; i < 20'000; ++i) {
    const auto user = "user" + std::to_string(i);
    const auto group = std::string{group_of(edition, user)};
    ++seen[group];
    auto wider = edition;
    wider.holdout = 0.3;
    if (group == holdout_group) {
      ASSERT_EQ(group_of(wider, user), holdout_group);
    }
  }
  EXPECT_NEAR(seen["holdout"], 4'000, 250);
  EXPECT_NEAR(seen["b"], 6'000, 250);
  EXPECT_EQ(policy_of(edition, "b").kind, policy_kind::uniform);
  EXPECT_EQ(policy_of(edition, "").kind, policy_kind::epsilon_greedy);
  edition.groups.clear();
  edition.holdout = 1;
  const auto held = decided();
  ASSERT_TRUE(held);
  EXPECT_EQ(held->arm, "");
  EXPECT_EQ(held->group, "holdout");
}

TEST(eligibility, admits_what_it_says) {
  user_state user;
  const feature_settings settings;
  const std::vector<std::string> fields{"tier", "age"};
  const auto admits = [&](std::string_view text, std::vector<context_value> told) {
    const auto rule = eligibility::compile(text, fields);
    EXPECT_TRUE(rule) << text << ": " << rule.error().detail;
    return rule && rule->admits({told, user, t0, settings});
  };
  const std::vector<context_value> told{{.name = "tier", .text = "gold"},
                                        {.name = "age", .is_number = true, .number = 40}};
  EXPECT_TRUE(admits("", {}));
  EXPECT_TRUE(admits("tier = gold and age >= 40", told));
  EXPECT_FALSE(admits("tier != gold or age > 40", told));
  EXPECT_TRUE(admits("not (tier in (silver, 'bronze') or age < 18)", told));
  EXPECT_TRUE(admits("first_order and cart_value < 1", told));
  EXPECT_FALSE(admits("age = forty", told));
  EXPECT_FALSE(admits("tier = gold", {}));
  EXPECT_TRUE(admits("tier != gold", {}));
}

TEST(eligibility, says_where_it_is_wrong) {
  const auto why = [](std::string_view text) {
    const auto rule = eligibility::compile(text, {});
    return rule ? std::string{"compiled"} : rule.error().detail;
  };
  EXPECT_THAT(why("cart_vaule > 3"), HasSubstr("character 1: \"cart_vaule\" is neither"));
  EXPECT_THAT(why("orders >"), HasSubstr("character 9: expected a value"));
  EXPECT_THAT(why("(orders > 1"), HasSubstr("expected \")\""));
  EXPECT_THAT(why("orders > 1 orders"), HasSubstr("character 12"));
  EXPECT_THAT(why("country in DE"), HasSubstr("\"(\" after \"in\""));
  EXPECT_THAT(why("country = 'DE"), HasSubstr("closing quote"));
  EXPECT_THAT(why(std::string(100, '(')), HasSubstr("too deeply"));
}

// Against sampling, for arms as different as they come.
TEST(best_of, is_the_probability_to_be_the_largest) {
  random_source random{5};
  const auto normal = [&] {
    return std::sqrt(-2 * std::log(1 - random.unit())) *
           std::cos(6.283185307179586 * random.unit());
  };
  const std::vector<uncertain> values{{0.12, 0.002},  {0.1, 0.03},  {0.05, 0.1},
                                      {0.119, 0.004}, {0.02, 0.01}, {0.12, 0.002}};
  std::vector<double> wins(values.size());
  constexpr int draws = 200'000;
  for (int i = 0; i < draws; ++i) {
    std::size_t best = 0;
    double most = -1e9;
    for (std::size_t k = 0; k < values.size(); ++k)
      if (const auto x = values[k].mean + values[k].deviation * normal(); x > most)
        most = x, best = k;
    wins[best] += 1.0 / draws;
  }
  const auto p = best_of(values);
  EXPECT_NEAR(std::accumulate(p.begin(), p.end(), 0.0), 1, 1e-12);
  for (std::size_t k = 0; k < p.size(); ++k) EXPECT_NEAR(p[k], wins[k], 0.01) << k;
  EXPECT_EQ(best_of(std::vector<uncertain>{{1, 1}}), std::vector<double>{1});
}

} // namespace
} // namespace riq::engine
