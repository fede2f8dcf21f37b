// A decision comes out again, to the same bits, from what is stored: a snapshot of the user, the
// log behind it, the updates that the model had taken, and the record of the decision.

#include <map>
#include <random>

#include "engine/bandit/decide.hpp"
#include "user_events.hpp"

namespace riq::engine {
namespace {

using namespace riq::testing;

/// Everything here went through its stored form.
struct kept {
  struct decision {
    std::string user;
    std::size_t user_position = 0;  // events of the user's log that were applied
    std::size_t model_position = 0; // updates that the model had taken
    std::int64_t time = 0;
    std::vector<context_value> told;
    std::string record; // offer_served
  };
  std::map<std::string, std::vector<std::string>> log;                               // by user
  std::map<std::string, std::vector<std::pair<std::size_t, std::string>>> snapshots; // by user
  std::vector<std::string> updates;
  std::vector<decision> decisions;
};

class offer_recompute : public ::testing::TestWithParam<policy_kind> {
 protected:
  offer_recompute() {
    campaign_settings s;
    s.id = "c";
    s.policy.kind = GetParam();
    s.policy.arm = "b";
    s.categorical = {"segment", "country"};
    s.numeric = {"f0", "cart_value"};
    s.cap_per_user_day = 40;
    for (const auto* id : {"a", "b", "x", "y", "z"}) s.arms.push_back({.id = id});
    s.arms[4].eligible = "cart_value > 20 or f0 < 0";
    compiled = *campaign::compile(s);
  }

  void apply(user_state& user, kept& to, const event& e) {
    std::vector<session_update> updates;
    engine::apply(user, e, static_cast<std::int64_t>(to.log[user.user_id].size()), settings,
                  updates);
    to.log[user.user_id].push_back(to_msgpack(e));
    for (const auto& u : updates) {
      population.apply(u);
      to.updates.push_back(to_msgpack(u));
    }
  }

  event next(const std::string& user, fact what) {
    now += static_cast<std::int64_t>(dice() % 90'000);
    auto e = at(now, std::move(what), "e" + std::to_string(number++));
    e.user_id = user;
    return e;
  }

  kept live(int steps) {
    kept out;
    std::map<std::string, user_state> users;
    random_source random{11};
    for (int i = 0; i < steps; ++i) {
      const auto id = "u" + std::to_string(dice() % 6);
      auto& user = users[id];
      user.user_id = id;
      if (dice() % 3 == 0) apply(user, out, next(id, acts(activity_type::add_to_cart, "p", 15)));
      if (dice() % 9 == 0) out.snapshots[id].emplace_back(out.log[id].size(), to_msgpack(user));
      kept::decision d;
      d.user = id;
      d.user_position = out.log[id].size();
      d.model_position = out.updates.size();
      d.time = now;
      d.told = {{.name = "segment", .text = "s" + std::to_string(dice() % 2)},
                {.name = "f0", .is_number = true, .number = static_cast<double>(dice() % 7) - 3}};
      auto made = decide(*compiled, {user, {}, d.told, d.time, settings}, population, random);
      if (!made) continue;
      d.record = to_msgpack(made->served);
      out.decisions.push_back(d);
      auto served = made->served;
      served.decision_id = "d" + std::to_string(i);
      apply(user, out, next(id, served));
      if (dice() % 4 == 0) {
        auto told = rewards(served.decision_id, now, dice() % 2, served.arm);
        apply(user, out, next(id, told));
      }
    }
    return out;
  }

  user_state user_at(const kept& from, const kept::decision& d) const {
    user_state out;
    out.user_id = d.user;
    std::size_t position = 0;
    if (const auto all = from.snapshots.find(d.user); all != from.snapshots.end())
      for (const auto& [taken, bytes] : all->second)
        if (taken <= d.user_position) {
          out = *from_msgpack<user_state>(bytes);
          position = taken;
        }
    std::vector<session_update> updates;
    const auto log = from.log.find(d.user);
    for (; position < d.user_position; ++position)
      engine::apply(out, *from_msgpack<event>(log->second[position]),
                    static_cast<std::int64_t>(position), settings, updates);
    return out;
  }

  std::mt19937 dice{5};
  std::int64_t now = t0;
  int number = 0;
  feature_settings settings;
  std::shared_ptr<campaign> compiled;
  offer_population population;
};

TEST_P(offer_recompute, a_decision_comes_out_of_snapshot_and_log_to_the_same_bits) {
  const auto stored = live(400);
  ASSERT_GT(stored.decisions.size(), 150U);
  offer_population model;
  std::size_t taken = 0;
  for (const auto& d : stored.decisions) {
    for (; taken < d.model_position; ++taken)
      model.apply(*from_msgpack<session_update>(stored.updates[taken]));
    const auto record = *from_msgpack<offer_served>(d.record);
    const auto user = user_at(stored, d);
    const auto again = decide(*compiled, {user, {}, d.told, d.time, settings}, model, record.draw);
    ASSERT_TRUE(again);
    ASSERT_EQ(to_msgpack(again->served), d.record);
  }
}

TEST_P(offer_recompute, another_state_makes_another_decision) {
  if (GetParam() == policy_kind::fixed || GetParam() == policy_kind::uniform) return;
  const auto stored = live(200);
  const auto& d = stored.decisions.back();
  const auto record = *from_msgpack<offer_served>(d.record);
  const auto again = decide(*compiled, {user_at(stored, d), {}, d.told, d.time, settings},
                            offer_population{}, record.draw);
  ASSERT_TRUE(again);
  EXPECT_NE(to_msgpack(again->served), d.record) << "what the model knew matters";
}

INSTANTIATE_TEST_SUITE_P(policies, offer_recompute,
                         ::testing::Values(policy_kind::epsilon_greedy, policy_kind::thompson,
                                           policy_kind::linucb, policy_kind::lin_ts,
                                           policy_kind::fixed, policy_kind::uniform),
                         [](const auto& kind) { return std::string{name_of(kind.param)}; });

} // namespace
} // namespace riq::engine
