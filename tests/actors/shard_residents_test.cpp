// How users leave memory and come back.
#include "actors/shard.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/actors/shard_rig.hpp"

namespace riq::testing {
namespace {

using ::testing::HasSubstr;

TEST(shard_residents, a_stored_user_is_loaded_when_an_event_comes) {
  shard_rig rig;
  rig.start();
  rig.publish(seen("u", "p1", t0, 0));
  ASSERT_TRUE(rig.drain());
  rig.restart();
  EXPECT_EQ(rig.status().resident, 0U);
  rig.publish(seen("u", "p2", t0 + 1, 1));
  EXPECT_TRUE(rig.resident("u"));
  EXPECT_THAT(rig.ask(features_of("u"))->body, HasSubstr("\"views_7d\":2"));
}

TEST(shard_residents, the_idle_leave_and_come_back) {
  shard_rig rig;
  rig.config->shards.passivate_after_sec = 60;
  rig.start();
  rig.publish(seen("idle", "p", t0, 0));
  rig.publish(seen("busy", "p", t0, 1));
  rig.run(40'000);
  rig.publish(seen("busy", "p2", wall_now, 2));
  rig.run(30'000);
  EXPECT_FALSE(rig.resident("idle"));
  EXPECT_TRUE(rig.resident("busy"));
  EXPECT_EQ(rig.status().passivations, 1U);
  EXPECT_EQ(rig.stored("idle")->total.events, 1U);
  EXPECT_THAT(rig.ask(features_of("idle"))->body, HasSubstr("\"views_7d\":1"));
  EXPECT_TRUE(rig.resident("idle"));
}

TEST(shard_residents, a_question_counts_as_use) {
  shard_rig rig;
  rig.config->shards.passivate_after_sec = 60;
  rig.start();
  rig.publish(seen("u", "p", t0, 0));
  rig.run(40'000);
  EXPECT_TRUE(rig.ask(features_of("u")));
  rig.run(40'000);
  EXPECT_TRUE(rig.resident("u"));
}

TEST(shard_residents, too_many_leave_the_oldest_first) {
  shard_rig rig;
  rig.resident_users = 3;
  rig.start();
  for (int i = 0; i < 5; ++i) rig.publish(seen("u" + std::to_string(i), "p", t0, i));
  EXPECT_TRUE(rig.ask(features_of("u0"))); // the newest now
  rig.step(50);
  rig.step(50);
  EXPECT_EQ(rig.status().resident, 3U);
  EXPECT_TRUE(rig.resident("u0"));
  EXPECT_FALSE(rig.resident("u1"));
  EXPECT_FALSE(rig.resident("u2"));
  EXPECT_TRUE(rig.resident("u3"));
  EXPECT_TRUE(rig.resident("u4"));
}

TEST(shard_residents, the_bound_holds_under_a_stream_of_strangers) {
  shard_rig rig;
  rig.resident_users = 10;
  rig.start();
  for (int i = 0; i < 500; ++i) {
    rig.publish(seen("u" + std::to_string(i), "p", t0 + i, i));
    EXPECT_TRUE(rig.ask(features_of("x" + std::to_string(i))));
    if (i % 5 == 0) rig.step(50), rig.step(50);
    ASSERT_LE(rig.status().resident, 30U);
  }
  ASSERT_TRUE(rig.drain());
  EXPECT_EQ(rig.store->users(0), 500U);
}

TEST(shard_residents, a_shard_reads_on_only_while_memory_has_room) {
  shard_rig rig;
  rig.resident_users = 100;
  rig.start();
  constexpr int strangers = 30'000;
  for (int i = 0; i < strangers; ++i)
    testing::publish(*rig.log, seen("u" + std::to_string(i), "p", t0, i));
  rig.sys.drain();
  const auto held = rig.state().residents.size();
  EXPECT_GT(held, 10'000U);
  EXPECT_LE(held, 100 + 10'000 + std::size_t{rig.config->shards.credit_records});
  rig.run(60'000);
  EXPECT_EQ(rig.status().events, std::uint64_t{strangers});
  EXPECT_LE(rig.state().residents.size(), 100U);
}

TEST(shard_residents, an_event_for_somebody_who_leaves_is_applied_to_what_they_left) {
  shard_rig rig;
  rig.config->shards.passivate_after_sec = 60;
  rig.start();
  rig.publish(seen("u", "p1", t0, 0));
  wall_now += 70'000;
  rig.sys.sched.advance_time(std::chrono::seconds(70));
  caf::anon_send(rig.shard, atom::tick_v);
  rig.sys.sched.run_once(); // the shard tells the user to leave; the user has not heard yet
  ASSERT_TRUE(rig.resident("u"));
  ASSERT_EQ(const_cast<shard_state&>(rig.state()).residents.find("u")->state,
            resident::phase::leaving);
  testing::publish(*rig.log, seen("u", "p2", wall_now, 1));
  const auto asked = rig.sys.begin<answer>(rig.shard, features_of("u"));
  inspect_user look;
  look.of.user_id = "u";
  const auto looked = rig.sys.begin<answer>(rig.shard, look);
  rig.sys.drain();
  ASSERT_TRUE(*asked && **asked);
  EXPECT_THAT((**asked)->body, HasSubstr("\"views_7d\":2"));
  EXPECT_TRUE(*looked && **looked);
  EXPECT_TRUE(rig.resident("u"));
  ASSERT_TRUE(rig.drain());
  EXPECT_EQ(rig.stored("u")->total.events, 2U);
}

TEST(shard_residents, somebody_whose_snapshot_is_not_stored_yet_comes_back_from_it) {
  shard_rig rig;
  rig.config->shards.passivate_after_sec = 60;
  rig.start();
  rig.publish(seen("u", "p1", t0, 0));
  rig.store->holding = true;
  rig.run(70'000);
  ASSERT_FALSE(rig.resident("u"));
  const auto loads = rig.store->loads;
  rig.publish(seen("u", "p2", wall_now, 1));
  EXPECT_EQ(rig.store->loads, loads); // the store is behind
  EXPECT_THAT(rig.ask(features_of("u"))->body, HasSubstr("\"views_7d\":2"));
  rig.store->holding = false;
  rig.store->release();
  ASSERT_TRUE(rig.drain());
  EXPECT_EQ(rig.stored("u")->total.events, 2U);
  EXPECT_EQ(rig.store->position(0), 2);
}

TEST(shard_residents, somebody_clean_leaves_without_a_write) {
  shard_rig rig;
  rig.config->shards.passivate_after_sec = 60;
  rig.start();
  rig.publish(seen("u", "p1", t0, 0));
  rig.run(10'000);
  const auto written = rig.status().snapshots;
  rig.run(60'000);
  EXPECT_FALSE(rig.resident("u"));
  EXPECT_EQ(rig.status().snapshots, written);
}

TEST(shard_residents, memory_is_counted_out_as_it_was_counted_in) {
  shard_rig rig;
  rig.config->shards.passivate_after_sec = 60;
  rig.start();
  for (int i = 0; i < 20; ++i) rig.publish(seen("u" + std::to_string(i), "p", t0, i));
  EXPECT_GT(rig.status().state_bytes, 0U);
  rig.run(70'000);
  EXPECT_EQ(rig.status().resident, 0U);
  EXPECT_EQ(rig.status().state_bytes, 0U);
}

} // namespace
} // namespace riq::testing
