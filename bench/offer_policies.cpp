// Plays the worlds of offer_worlds.hpp with the engine alone: decision, serving and outcome one
// after the other, as a node does whose statistics reach the next decision at once.
//   offer_policies [world] [policy] [seeds] [decisions] [key=value …]
// Keys are members of a campaign's policy, such as epsilon=0.05.

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "bench/offer_worlds.hpp"
#include "engine/apply.hpp"
#include "engine/bandit/decide.hpp"

namespace {

using namespace riq;

struct played {
  double captured = 0;
  double last_tenth = 0;
  double inverse = 0;   ///< mean of 1/propensity
  bool covered = false; ///< the interval of the uniform policy's value holds the truth
};

played play(char kind, std::uint64_t seed, int decisions, const engine::campaign& c) {
  bench::offer_world world{kind, seed, decisions};
  bench::offer_world::score all;
  bench::offer_world::score last;
  engine::offer_population population;
  engine::random_source random{seed * 77 + 1};
  const feature_settings features;
  std::vector<user_state> users(bench::offer_world::users);
  for (std::size_t u = 0; u < users.size(); ++u) users[u].user_id = "u" + std::to_string(u);
  played out;
  double truth = 0;
  std::vector<double> values;
  std::int64_t now = 1'700'000'000'000;
  std::vector<session_update> updates;
  const auto tell = [&](user_state& user, const event& e) {
    updates.clear();
    engine::apply(user, e, -1, features, updates);
    for (const auto& update : updates) population.apply(update);
  };
  for (int t = 0; t < decisions; ++t, now += 5) {
    const auto m = world.next();
    auto& user = users[static_cast<std::size_t>(t) % users.size()];
    std::vector<context_value> told{{.name = "segment", .text = "seg" + std::to_string(m.segment)}};
    for (std::size_t i = 0; i < m.x.size(); ++i)
      told.push_back({.name = "f" + std::to_string(i), .is_number = true, .number = m.x[i]});
    auto decided = engine::decide(c, {user, {}, told, now, features}, population, random);
    auto& served = decided->served;
    served.decision_id = "d" + std::to_string(t);
    const auto k = std::atoi(served.arm.c_str() + 1);
    all.add(m, k);
    if (t >= decisions * 9 / 10) last.add(m, k);
    const auto reward = world.strikes(m.rates[static_cast<std::size_t>(k)]) ? 1.0 : 0.0;
    out.inverse += 1 / served.propensity / decisions;
    values.push_back(reward / bench::offer_world::arms / served.propensity);
    for (const auto r : m.rates) truth += r / bench::offer_world::arms / decisions;
    event e;
    e.user_id = user.user_id;
    e.time = now;
    e.id = "s" + std::to_string(t);
    const auto id = served.decision_id;
    e.what = std::move(served);
    tell(user, e);
    e.id = "r" + std::to_string(t);
    e.what = offer_rewarded{.decision_id = id, .reward = reward};
    tell(user, e);
  }
  out.captured = all.captured();
  out.last_tenth = last.captured();
  double mean = 0;
  double second = 0;
  for (const auto v : values) mean += v / decisions, second += v * v / decisions;
  out.covered = std::abs(mean - truth) <= 1.96 * std::sqrt((second - mean * mean) / decisions);
  return out;
}

} // namespace

int main(int count, char** arguments) {
  const auto argument = [&](int i, const char* otherwise) {
    return std::string{i < count ? arguments[i] : otherwise};
  };
  const auto world = argument(1, "A");
  const auto kind = from_name<policy_kind>(argument(2, "epsilon_greedy"));
  const auto seeds = std::atoi(argument(3, "10").c_str());
  const auto decisions = std::atoi(argument(4, "10000").c_str());
  campaign_settings settings;
  if (!kind || seeds < 1 || decisions < 10)
    return std::puts("usage: world policy seeds decisions"), 2;
  settings.policy.kind = *kind;
  for (int i = 5; i < count; ++i) {
    const std::string given{arguments[i]};
    const auto equals = std::min(given.find('='), given.size() - 1);
    for_each_field(settings.policy, [&](std::string_view name, auto& member) {
      if constexpr (std::is_same_v<std::remove_cvref_t<decltype(member)>, double>)
        if (name == given.substr(0, equals)) member = std::atof(given.c_str() + equals + 1);
    });
  }
  settings.categorical = {"segment"};
  for (int i = 0; i < bench::offer_world::features; ++i)
    settings.numeric.push_back("f" + std::to_string(i));
  for (int k = 0; k < bench::offer_world::arms; ++k)
    settings.arms.push_back({.id = "o" + std::to_string(k)});
  const auto compiled = engine::campaign::compile(settings);
  if (!compiled) return std::puts(compiled.error().detail.c_str()), 2;
  played sum;
  double squares = 0;
  int covered = 0;
  for (int s = 1; s <= seeds; ++s) {
    const auto p = play(world[0], static_cast<std::uint64_t>(s), decisions, **compiled);
    sum.captured += p.captured / seeds;
    squares += p.captured * p.captured / seeds;
    sum.last_tenth += p.last_tenth / seeds;
    sum.inverse += p.inverse / seeds;
    covered += p.covered ? 1 : 0;
  }
  std::printf(
    "world %s %s: captured %.3f sd %.3f, last tenth %.3f; mean 1/p %.2f (of %d arms); IPS "
    "covers the truth in %d of %d\n",
    world.c_str(), std::string{name_of(*kind)}.c_str(), sum.captured,
    std::sqrt(std::max(0.0, squares - sum.captured * sum.captured)), sum.last_tenth, sum.inverse,
    bench::offer_world::arms, covered, seeds);
}
