// Decisions that nobody rewards expire once, whether their user is in memory, stored, restarted or
// taken over, and are told on `offer-decisions`.
#include "actors/shard.hpp"

#include <set>

#include <gtest/gtest.h>

#include "messages/hash.hpp"
#include "tests/actors/shard_rig.hpp"

namespace riq::testing {
namespace {

constexpr std::int64_t reward_window = 60 * minute;

event serving_of(const std::string& user, const std::string& decision, std::int64_t offset,
                 std::int64_t time = t0) {
  offer_served o;
  o.decision_id = decision;
  o.campaign = "c";
  o.arm = "a";
  o.window_hours = 1;
  event e;
  e.user_id = user;
  e.id = "offer:" + decision;
  e.time = time;
  e.received = time;
  e.origin.from = source::offer;
  e.origin.offset = offset;
  e.what = o;
  return e;
}

event rewarding_of(const std::string& user, const std::string& decision, std::int64_t offset,
                   std::int64_t time) {
  auto e = serving_of(user, decision, offset, time);
  e.id = "outcome:" + decision;
  e.what = offer_rewarded{.decision_id = decision,
                          .campaign = "c",
                          .arm = "a",
                          .reward = 1,
                          .decided_at = t0,
                          .window_hours = 1};
  return e;
}

class shard_expiry : public ::testing::Test {
 protected:
  void pass(std::int64_t ms) {
    for (; ms > 0; ms -= 1'000) rig.step(1'000);
  }

  /// What was told, by the id that a repetition has too.
  std::multiset<std::string> told() const {
    std::multiset<std::string> out;
    for (const auto& r : rig.log->records(topics::offer_decisions)) {
      const auto e = *from_msgpack<event>(r.value);
      EXPECT_TRUE(std::holds_alternative<offer_expired>(e.what));
      EXPECT_EQ(r.key, e.user_id);
      out.insert(e.id);
    }
    return out;
  }

  static std::string id_of(const std::string& decision) {
    return "expired:" + std::to_string(stable_hash(decision));
  }

  std::size_t pending(const std::string& user) { return rig.stored(user)->bandit.pending.size(); }

  shard_rig rig;
};

TEST_F(shard_expiry, a_resident_users_decision_expires_once) {
  rig.config->shards.passivate_after_sec = 1'000'000;
  rig.start();
  rig.publish(serving_of("u", "d1", 0));
  pass(reward_window - 5'000);
  EXPECT_TRUE(told().empty());
  pass(60'000);
  EXPECT_EQ(told(), std::multiset{id_of("d1")});
  pass(reward_window);
  EXPECT_EQ(told().size(), 1U);
  EXPECT_EQ(pending("u"), 0U);
  EXPECT_EQ(rig.store->due_entries(), 0U);
}

TEST_F(shard_expiry, a_passivated_user_wakes_for_it) {
  rig.start();
  rig.publish(serving_of("u", "d1", 0));
  pass(700'000);
  ASSERT_FALSE(rig.resident("u"));
  pass(reward_window);
  EXPECT_EQ(told(), std::multiset{id_of("d1")});
  EXPECT_EQ(pending("u"), 0U);
}

TEST_F(shard_expiry, a_shard_that_starts_later_or_elsewhere_makes_up_for_it) {
  rig.start();
  rig.publish(serving_of("u", "d1", 0));
  rig.settle();
  rig.kill();
  wall_now += 5 * reward_window;
  rig.start();
  pass(20'000);
  EXPECT_EQ(told(), std::multiset{id_of("d1")});
  rig.restart();
  pass(20'000);
  EXPECT_EQ(told(), std::multiset{id_of("d1")});
}

TEST_F(shard_expiry, a_crash_at_any_moment_repeats_it_under_one_id_at_most) {
  for (int moment = 0; moment < 40; ++moment) {
    shard_rig fresh;
    fresh.start();
    fresh.publish(serving_of("u", "d1", 0));
    for (int i = 0; i < 60 * 60 - 2; ++i) fresh.step(1'000);
    for (int i = 0; i < moment; ++i) fresh.step(100);
    fresh.restart();
    for (int i = 0; i < 30; ++i) fresh.step(1'000);
    std::set<std::string> ids;
    for (const auto& r : fresh.log->records(topics::offer_decisions))
      ids.insert(from_msgpack<event>(r.value)->id);
    ASSERT_EQ(ids, std::set{id_of("d1")}) << moment;
    ASSERT_TRUE(fresh.stored("u")->bandit.pending.empty()) << moment;
  }
}

TEST_F(shard_expiry, what_was_rewarded_in_time_does_not_expire) {
  rig.start();
  rig.publish(serving_of("u", "d1", 0));
  rig.publish(serving_of("u", "d2", 1));
  pass(10'000);
  rig.publish(rewarding_of("u", "d1", 2, wall_now));
  pass(reward_window + 60'000);
  EXPECT_EQ(told(), std::multiset{id_of("d2")});
  rig.publish(rewarding_of("u", "d2", 3, t0 + minute)); // too late, though it tells an early time
  rig.settle();
  EXPECT_LT(rig.stored("u")->bandit.arms.at(0).reward, 1.001);
}

TEST_F(shard_expiry, its_record_coming_back_changes_nothing) {
  rig.start();
  rig.publish(serving_of("u", "d1", 0));
  pass(reward_window + 60'000);
  ASSERT_EQ(told().size(), 1U);
  auto back = *from_msgpack<event>(rig.log->records(topics::offer_decisions)[0].value);
  back.origin.offset = 1;
  rig.publish(back); // by way of the event processor
  pass(60'000);
  EXPECT_EQ(told().size(), 1U);
}

} // namespace
} // namespace riq::testing
