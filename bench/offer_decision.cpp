// What one offer decision costs in the engine: median and p99 over many users and contexts, for 20
// arms under each policy, and for 100 arms that each have an eligibility expression.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "engine/bandit/decide.hpp"

namespace {

using namespace riq;

constexpr int decisions = 20'000;
constexpr int segments = 8;
constexpr std::int64_t now = 1'700'000'000'000;

campaign_settings settings_of(policy_kind kind, int arms, bool rules) {
  campaign_settings out;
  out.policy.kind = kind;
  out.policy.arm = "o0";
  out.categorical = {"segment"};
  out.numeric = {"f0", "f1", "f2", "f3", "f4"};
  for (int k = 0; k < arms; ++k) {
    arm_settings arm;
    arm.id = "o" + std::to_string(k);
    if (rules) arm.eligible = "cart_value >= 0 and (segment in (s0, s1, s2, s3) or f0 < 9)";
    out.arms.push_back(std::move(arm));
  }
  return out;
}

/// Every arm was met often, at each segment.
void fill(engine::offer_population& population, const engine::campaign& c,
          engine::random_source& random) {
  session_update u;
  u.campaign = c.settings.id;
  u.time = now;
  u.layout = c.layout;
  for (int i = 0; i < 50'000; ++i) {
    u.arm = c.settings.arms[random.next() % c.settings.arms.size()].id;
    u.levels = {"segment=s" + std::to_string(random.next() % segments)};
    u.features = {1};
    for (int f = 0; f < 5; ++f) u.features.push_back(2 * random.unit() - 1);
    u.kind = session_update::what::offer_served;
    population.apply(u);
    u.kind = session_update::what::offer_rewarded;
    u.reward = random.unit() < 0.05 ? 1 : 0;
    population.apply(u);
  }
}

void measure(const char* name, const campaign_settings& settings) {
  const auto c = *engine::campaign::compile(settings);
  engine::random_source random{7};
  engine::offer_population population;
  fill(population, *c, random);
  user_state user;
  const feature_settings features;
  std::vector<double> micros;
  micros.reserve(decisions);
  for (int i = 0; i < decisions; ++i) {
    user.user_id = "u" + std::to_string(i);
    std::vector<context_value> told{
      {.name = "segment", .text = "s" + std::to_string(random.next() % segments)}};
    for (int f = 0; f < 5; ++f)
      told.push_back(
        {.name = "f" + std::to_string(f), .is_number = true, .number = 2 * random.unit() - 1});
    const auto start = std::chrono::steady_clock::now();
    const auto d = engine::decide(*c, {user, {}, told, now, features}, population, random);
    const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - start;
    if (!d) std::abort();
    micros.push_back(took.count());
  }
  std::ranges::sort(micros);
  std::printf("%-36s median %6.1f us, p99 %6.1f us\n", name, micros[micros.size() / 2],
              micros[micros.size() * 99 / 100]);
}

} // namespace

int main() {
  for (const auto kind : {policy_kind::epsilon_greedy, policy_kind::thompson, policy_kind::linucb,
                          policy_kind::lin_ts, policy_kind::uniform})
    measure((std::string{name_of(kind)} + ", 20 arms").c_str(), settings_of(kind, 20, false));
  measure("epsilon_greedy, 100 arms with rules",
          settings_of(policy_kind::epsilon_greedy, 100, true));
}
