// A shard looks at what waits for time to pass: often while something does, seldom while nothing.

#include <gtest/gtest.h>

#include "messages/position.hpp"
#include "tests/actors/shard_rig.hpp"

namespace riq::testing {
namespace {

using std::chrono::milliseconds;

class shard_tick_test : public ::testing::Test {
 protected:
  shard_tick_test() {
    rig.ticking = true;
    rig.start();
    pass(1'000);
  }

  void pass(std::int64_t ms) {
    for (; ms > 0; ms -= 10) {
      wall_now += 10;
      rig.sys.advance(milliseconds(10));
    }
  }

  /// Ms until the next look.
  std::int64_t next_look() { return rig.state().next_tick - rig.state().steady_now(); }

  /// The longest pause between two looks within that time.
  std::int64_t longest_pause(std::int64_t within) {
    std::int64_t out = 0;
    for (; within > 0; within -= 10) {
      out = std::max(out, next_look());
      pass(10);
    }
    return out;
  }

  shard_rig rig;
};

TEST_F(shard_tick_test, a_quiet_shard_looks_seldom_and_an_event_wakes_it) {
  EXPECT_EQ(longest_pause(1'000), 250);
  rig.publish(seen("u1", "p1", wall_now, 0));
  EXPECT_LE(next_look(), 50);
}

TEST_F(shard_tick_test, what_an_event_changed_is_stored_by_ticks_of_its_own) {
  rig.publish(seen("u1", "p1", wall_now, 0));
  pass(rig.config->shards.snapshot_after_ms + rig.config->shards.commit_every_ms + 200);
  EXPECT_TRUE(rig.stored("u1"));
  EXPECT_EQ(longest_pause(2'000), 250) << "quiet again";
}

TEST_F(shard_tick_test, a_question_for_a_position_that_does_not_come_is_answered_in_time) {
  const auto q = features_of("u1", to_token({{source::activity, 0, 1'000}}));
  const auto answered = rig.sys.begin<answer>(rig.shard, q);
  rig.sys.drain();
  EXPECT_LE(next_look(), 50);
  pass(rig.config->http.after_wait_ms + 60);
  ASSERT_TRUE(*answered);
  EXPECT_TRUE(**answered);
}

TEST_F(shard_tick_test, ticks_that_others_send_change_nothing) {
  const auto at = rig.state().next_tick;
  for (int i = 0; i < 5; ++i) caf::anon_send(rig.shard, atom::tick_v);
  rig.sys.drain();
  EXPECT_EQ(rig.state().next_tick, at);
}

} // namespace
} // namespace riq::testing
