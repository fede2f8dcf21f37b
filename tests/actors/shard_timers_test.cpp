// Timers: they fire once in effect, whether the user is in memory, stored, or restarted.
#include "actors/shard.hpp"

#include <optional>

#include <gtest/gtest.h>

#include "tests/actors/shard_rig.hpp"

namespace riq::testing {
namespace {

event put_in_cart(const std::string& user, std::int64_t time, std::int64_t offset) {
  return seen(user, "p", time, offset, activity_type::add_to_cart);
}

class shard_timers : public ::testing::Test {
 protected:
  std::int64_t abandon_ms() const {
    return std::int64_t{rig.config->features.abandon_after_min} * minute;
  }

  /// Time passes faster than the 50 ms of a tick, as nothing else is looked at.
  void pass(std::int64_t ms) {
    for (; ms > 0; ms -= 1'000) rig.step(1'000);
  }

  std::size_t facts() const {
    std::size_t n = 0;
    for (const auto& r : rig.log->records(topics::processed_events))
      n += std::holds_alternative<cart_abandoned>(from_msgpack<event>(r.value)->what);
    return n;
  }

  std::uint32_t abandonments(const std::string& user) {
    const auto state = rig.stored(user);
    return state ? state->basket.abandonments : 0;
  }

  shard_rig rig;
};

TEST_F(shard_timers, a_resident_users_cart_is_abandoned_once) {
  rig.config->shards.passivate_after_sec = 1'000'000;
  rig.start();
  rig.publish(put_in_cart("u", t0, 0));
  pass(abandon_ms() - 5'000);
  EXPECT_EQ(facts(), 0U);
  pass(120'000);
  EXPECT_EQ(facts(), 1U);
  EXPECT_EQ(abandonments("u"), 1U);
  EXPECT_EQ(rig.store->due_entries(), 0U);
  pass(abandon_ms());
  EXPECT_EQ(facts(), 1U);
}

TEST_F(shard_timers, a_passivated_user_wakes) {
  rig.start();
  rig.publish(put_in_cart("u", t0, 0));
  pass(700'000);
  ASSERT_FALSE(rig.resident("u"));
  EXPECT_EQ(rig.store->due_entries(), 1U);
  pass(abandon_ms());
  EXPECT_EQ(facts(), 1U);
  EXPECT_EQ(abandonments("u"), 1U);
  EXPECT_EQ(rig.store->due_entries(), 0U);
  EXPECT_EQ(rig.status().wakeups, 1U);
}

TEST_F(shard_timers, a_restarted_user_wakes) {
  rig.start();
  rig.publish(put_in_cart("u", t0, 0));
  rig.settle();
  rig.kill();
  wall_now += abandon_ms();
  rig.start();
  pass(20'000);
  EXPECT_EQ(abandonments("u"), 1U);
}

TEST_F(shard_timers, a_crash_between_the_fact_and_its_snapshot_changes_nothing) {
  rig.config->shards.passivate_after_sec = 1'000'000;
  rig.start();
  rig.publish(put_in_cart("u", t0, 0));
  rig.settle();
  rig.store->failing = {ec::storage, "", "broken"}; // the fact's effect is never stored
  pass(abandon_ms() + 10'000);
  EXPECT_EQ(facts(), 1U);
  EXPECT_EQ(abandonments("u"), 0U);
  rig.store->failing = {};
  rig.restart();
  pass(20'000);
  EXPECT_EQ(abandonments("u"), 1U);
  EXPECT_EQ(rig.store->due_entries(), 0U);
}

TEST_F(shard_timers, an_order_cancels_it) {
  rig.start();
  rig.publish(put_in_cart("u", t0, 0));
  pass(60'000);
  rig.publish(bought("u", "o1", 10, wall_now, 0));
  pass(2 * abandon_ms());
  EXPECT_EQ(facts(), 0U);
  EXPECT_EQ(abandonments("u"), 0U);
  EXPECT_EQ(rig.store->due_entries(), 0U);
}

TEST_F(shard_timers, whoever_still_looks_around_has_not_left) {
  rig.start();
  rig.publish(put_in_cart("u", t0, 0));
  pass(abandon_ms() - 60'000);
  rig.publish(seen("u", "p2", wall_now, 1));
  pass(120'000);
  EXPECT_EQ(facts(), 0U);
  pass(abandon_ms());
  EXPECT_EQ(facts(), 1U);
  EXPECT_EQ(abandonments("u"), 1U);
}

TEST_F(shard_timers, a_fact_that_was_not_kept_comes_due_again) {
  rig.config->shards.passivate_after_sec = 1'000'000;
  rig.start();
  rig.publish(put_in_cart("u", t0, 0));
  rig.settle();
  rig.log->failing = {ec::queue_full, "", "full"};
  pass(abandon_ms() + 10'000);
  EXPECT_EQ(facts(), 0U);
  rig.log->failing = {};
  rig.log->losing = {ec::storage, "", "lost"};
  pass(10'000);
  EXPECT_EQ(facts(), 0U);
  rig.log->losing = {};
  pass(20'000);
  EXPECT_EQ(abandonments("u"), 1U);
}

/// Appends this event just before what comes next.
struct overtaking_log : memory_log {
  using memory_log::memory_log;
  std::optional<event> first;
  error append(std::vector<storage::outgoing_record> records, storage::durability safety,
               storage::append_done done) override {
    if (const auto e = std::exchange(first, std::nullopt)) testing::publish(*this, *e);
    return memory_log::append(std::move(records), safety, std::move(done));
  }
};

TEST_F(shard_timers,
       a_cart_that_a_late_event_changes_at_the_last_moment_is_abandoned_all_the_same) {
  const auto log = std::make_shared<overtaking_log>(rig.journal);
  log->ensure_topic({.name = std::string{topics::processed_events}, .partitions = 1});
  log->ensure_topic({.name = std::string{topics::session_updates}, .partitions = 1});
  rig.log = log;
  rig.config->shards.passivate_after_sec = 1'000'000;
  rig.start();
  rig.publish(put_in_cart("u", t0, 0));
  rig.publish(seen("u", "p", t0 + 10 * minute, 1));
  rig.settle();
  log->first = put_in_cart("u", t0 + 5 * minute, 2); // due at the same time, as another cart
  pass(10 * minute + abandon_ms() + 30'000);
  EXPECT_EQ(facts(), 2U); // of which the first is void
  EXPECT_EQ(abandonments("u"), 1U);
  EXPECT_EQ(rig.store->due_entries(), 0U);
}

TEST_F(shard_timers, a_clock_that_steps_back_at_the_wrong_moment_does_not_lose_it) {
  rig.start();
  rig.publish(put_in_cart("u", t0, 0));
  pass(700'000);
  ASSERT_FALSE(rig.resident("u"));
  wall_now = t0 + abandon_ms() + 2'000;
  rig.store->holding = true; // the look finds it due, but the user takes time to load
  rig.step(1'000);
  wall_now -= 60'000;
  rig.store->holding = false;
  rig.store->release();
  rig.sys.drain();
  pass(300'000);
  EXPECT_EQ(abandonments("u"), 1U);
}

TEST_F(shard_timers, an_entry_that_belongs_to_nobody_goes_away) {
  rig.store->commit({0, {{"ghost", std::nullopt, t0 - 5, 0}}, 0}, [](const error&) {});
  ASSERT_EQ(rig.store->due_entries(), 1U);
  rig.start();
  pass(20'000);
  EXPECT_EQ(rig.store->due_entries(), 0U);
  EXPECT_EQ(facts(), 0U);
  EXPECT_FALSE(rig.store->has(0, "ghost"));
}

TEST_F(shard_timers, thousands_of_one_minute_are_spread_and_all_fire) {
  constexpr int users = 5'000;
  rig.resident_users = 2'000;
  for (int i = 0; i < users; ++i)
    testing::publish(*rig.log, put_in_cart("u" + std::to_string(i), t0 + i * 10, i));
  rig.start();
  pass(10'000);
  rig.restart();
  wall_now = t0 + abandon_ms() + minute;
  rig.step(1'000);
  EXPECT_GT(rig.status().wakeups, 0U);
  EXPECT_LT(rig.status().wakeups, 1'000U); // one look wakes a part
  pass(60'000);
  EXPECT_EQ(facts(), static_cast<std::size_t>(users));
  ASSERT_TRUE(rig.drain());
  for (int i = 0; i < users; ++i) ASSERT_EQ(abandonments("u" + std::to_string(i)), 1U) << i;
  EXPECT_EQ(rig.store->due_entries(), 0U);
}

TEST(shard_stream_time, a_cart_is_abandoned_however_fast_an_old_log_is_read) {
  for (const bool slowly : {false, true}) {
    shard_rig old;
    old.config->engine.time = "stream";
    old.start();
    old.publish(put_in_cart("u", t0, 0));
    old.publish(seen("other", "p", t0 + 60 * minute, 0));
    if (slowly)
      for (int i = 0; i < 60; ++i) old.step(1'000);
    old.publish(seen("u", "p2", t0 + 180 * minute, 1));
    old.settle();
    ASSERT_TRUE(old.drain());
    const auto state = old.stored("u");
    ASSERT_TRUE(state);
    EXPECT_EQ(state->basket.abandonments, 1U) << slowly;
    std::size_t facts = 0;
    for (const auto& r : old.log->records(topics::processed_events))
      facts += std::holds_alternative<cart_abandoned>(from_msgpack<event>(r.value)->what);
    EXPECT_EQ(facts, slowly ? 1U : 0U);
  }
}

} // namespace
} // namespace riq::testing
