// Positions and snapshots: what is committed, and what must not be yet.
#include "actors/shard.hpp"

#include <gtest/gtest.h>

#include "tests/actors/shard_rig.hpp"

namespace riq::testing {
namespace {

TEST(shard_commit, snapshots_are_written_after_their_time_and_not_once_an_event) {
  shard_rig rig;
  rig.start();
  for (int i = 0; i < 20; ++i) rig.publish(seen("u", "p", t0 + i, i));
  rig.run(800);
  EXPECT_EQ(rig.status().snapshots, 0U);
  EXPECT_EQ(rig.store->position(0), 0); // the shop's numbers are stored, and no event is passed
  rig.run(1'000);
  EXPECT_EQ(rig.status().snapshots, 1U);
  EXPECT_EQ(rig.store->position(0), 20);
}

TEST(shard_commit, users_that_became_dirty_together_are_not_stored_together) {
  shard_rig rig;
  rig.start();
  constexpr std::uint64_t users = 1'000;
  for (std::uint64_t u = 0; u < users; ++u)
    rig.publish(seen("u" + std::to_string(u), "p", t0, static_cast<std::int64_t>(u)));
  std::uint64_t before = 0, most = 0, stored_at_once = 0;
  for (int waited = 0; waited < 3'500; waited += 50) {
    rig.step(50);
    const auto now = rig.status().snapshots;
    most = std::max(most, now - before);
    if (before == 0 && now > 0) stored_at_once = now;
    before = now;
  }
  EXPECT_GT(stored_at_once, 0U);
  EXPECT_LT(most, users / 2); // between two commits, of which one second has five
  EXPECT_EQ(before, users);   // and still nobody waits for more than three times as long
  EXPECT_EQ(rig.store->position(0), static_cast<std::int64_t>(users));
}

TEST(shard_commit, many_snapshots_do_not_wait_for_the_time_of_the_next_commit) {
  shard_rig rig;
  rig.config->shards.commit_every_ms = 60'000;
  rig.start();
  const auto publish = [&](int from, int to) {
    for (int u = from; u < to; ++u) rig.publish(seen("u" + std::to_string(u), "p", t0, u));
  };
  rig.step(50); // its first commit
  publish(0, 500);
  rig.run(5'000);
  EXPECT_EQ(rig.status().snapshots, 0U);
  publish(500, 1'500);
  rig.run(5'000);
  EXPECT_GE(rig.status().snapshots, 1'000U);
}

TEST(shard_commit, the_position_waits_for_the_oldest_change_that_is_not_stored) {
  shard_rig rig;
  rig.start();
  rig.publish(seen("early", "p", t0, 0));
  rig.run(600);
  rig.publish(seen("late", "p", t0, 1));
  rig.publish(seen("late", "p", t0, 2));
  rig.run(800); // time for the first user's snapshot, not for the second's
  EXPECT_TRUE(rig.store->has(0, "early"));
  EXPECT_FALSE(rig.store->has(0, "late"));
  EXPECT_EQ(rig.store->position(0), 1);
  rig.run(1'000);
  EXPECT_EQ(rig.store->position(0), 3);
  EXPECT_EQ(rig.log->committed("shards", {std::string{topics::processed_events}, 0}), 3);
}

TEST(shard_commit, a_user_that_never_rests_does_not_hold_the_position_for_ever) {
  shard_rig rig;
  rig.start();
  for (int i = 0; i < 100; ++i) {
    rig.publish(seen("busy", "p" + std::to_string(i), t0 + i, i));
    rig.step(50);
  }
  EXPECT_GT(rig.store->position(0), 50);
}

TEST(shard_commit, one_slow_user_holds_back_the_snapshots_of_faster_ones) {
  shard_rig rig;
  rig.start();
  rig.store->holding = true;
  testing::publish(*rig.log, seen("slow", "p", t0, 0)); // cannot be loaded
  rig.sys.drain();
  const auto held = rig.status();
  EXPECT_EQ(held.events, 0U);
  rig.run(3'000);
  EXPECT_EQ(rig.store->position(0), -1);
  rig.store->holding = false;
  rig.store->release();
  rig.settle();
  EXPECT_EQ(rig.store->position(0), 1);
}

TEST(shard_commit, a_failed_commit_is_tried_again_and_loses_nothing) {
  shard_rig rig;
  rig.start();
  rig.publish(seen("u", "p", t0, 0));
  rig.store->failing = {ec::disk_full, "", "the disk is full"};
  rig.run(3'000);
  EXPECT_FALSE(rig.store->has(0, "u"));
  EXPECT_EQ(rig.store->position(0), -1);
  EXPECT_EQ(rig.status().failure, "the disk is full");
  EXPECT_EQ(rig.status().saving, 1U);
  rig.publish(seen("u", "p2", t0, 1));
  rig.run(3'000);
  rig.store->failing = {};
  rig.run(4'000);
  EXPECT_EQ(rig.stored("u")->total.events, 2U);
  EXPECT_EQ(rig.store->position(0), 2);
  EXPECT_EQ(rig.status().failure, "");
  EXPECT_EQ(rig.status().saving, 0U);
}

TEST(shard_commit, a_commit_that_is_refused_at_once_is_tried_again) {
  shard_rig rig;
  rig.start();
  rig.publish(seen("u", "p", t0, 0));
  rig.store->refusing = {ec::queue_full, "", "the queue is full"};
  rig.run(3'000);
  EXPECT_EQ(rig.store->position(0), -1);
  rig.store->refusing = {};
  rig.run(3'000);
  EXPECT_EQ(rig.store->position(0), 1);
}

TEST(shard_commit, after_a_failure_the_position_still_waits_for_what_was_not_stored) {
  shard_rig rig;
  rig.start();
  rig.publish(seen("a", "p", t0, 0));
  rig.store->failing = {ec::storage, "", "broken"};
  rig.run(2'000); // a's snapshot fails
  for (int i = 1; i < 10; ++i) rig.publish(seen("b", "p", t0, i));
  rig.kill();
  EXPECT_EQ(rig.store->position(0), -1);
  rig.store->failing = {};
  rig.start();
  ASSERT_TRUE(rig.drain());
  EXPECT_EQ(rig.stored("a")->total.events, 1U);
  EXPECT_EQ(rig.stored("b")->total.events, 9U);
}

TEST(shard_commit, only_one_commit_is_under_way) {
  shard_rig rig;
  rig.start();
  rig.publish(seen("u", "p", t0, 0));
  rig.store->holding = true;
  rig.run(1'500);
  rig.publish(seen("u", "p2", t0, 1));
  rig.run(5'000);
  EXPECT_EQ(rig.store->commits, 0U);
  rig.store->release();
  rig.sys.drain();
  EXPECT_EQ(rig.store->commits, 1U);
  EXPECT_EQ(rig.store->position(0), 0); // the shop's numbers: no snapshot was in it
  rig.store->holding = false;
  rig.store->release();
  rig.settle();
  EXPECT_EQ(rig.store->position(0), 2);
}

TEST(shard_commit, an_idle_shard_writes_nothing) {
  shard_rig rig;
  rig.start();
  rig.publish(seen("u", "p", t0, 0));
  rig.settle();
  const auto commits = rig.store->commits;
  rig.run(30'000);
  EXPECT_EQ(rig.store->commits, commits);
}

} // namespace
} // namespace riq::testing
