// A store that cannot be read, a log that cannot be read or written, a damaged snapshot.
#include "actors/shard.hpp"

#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/actors/shard_rig.hpp"

namespace riq::testing {
namespace {

using ::testing::HasSubstr;

TEST(shard_failures, a_load_that_failed_is_tried_again) {
  shard_rig rig;
  rig.start();
  rig.store->failing_loads = {ec::storage, "", "cannot read"};
  rig.publish(seen("u", "p", t0, 0));
  const auto slot = rig.sys.begin<answer>(rig.shard, features_of("u"));
  rig.run(500);
  EXPECT_FALSE(*slot);
  EXPECT_EQ(rig.status().failure, "cannot read");
  rig.store->failing_loads = {};
  rig.step(50);
  ASSERT_TRUE(*slot && **slot);
  EXPECT_THAT((**slot)->body, HasSubstr("\"views_7d\":1"));
  EXPECT_EQ(rig.status().failure, "");
}

TEST(shard_failures, a_load_that_was_refused_is_tried_again) {
  shard_rig rig;
  rig.start();
  rig.store->refusing = {ec::queue_full, "", "full"};
  rig.publish(seen("u", "p", t0, 0));
  rig.run(500);
  EXPECT_EQ(rig.status().events, 0U);
  rig.store->refusing = {};
  rig.step(50);
  EXPECT_EQ(rig.status().events, 1U);
}

TEST(shard_failures, a_look_that_cannot_be_had_is_refused) {
  shard_rig rig;
  rig.start();
  rig.store->failing_loads = {ec::storage, "", "cannot read"};
  const auto later = rig.ask(look_at("u"));
  ASSERT_FALSE(later);
  EXPECT_EQ(later.error().code, ec::storage);
  rig.store->refusing = {ec::queue_full, "", "full"};
  const auto at_once = rig.ask(look_at("u"));
  ASSERT_FALSE(at_once);
  EXPECT_EQ(at_once.error().code, ec::queue_full);
}

TEST(shard_failures, a_damaged_snapshot_is_nobody_elses_trouble) {
  shard_rig rig;
  rig.store->put(0, "broken", "no state");
  rig.start();
  rig.store->holding = true;
  const auto sick = rig.sys.begin<answer>(rig.shard, features_of("broken"));
  const auto well = rig.sys.begin<answer>(rig.shard, features_of("well"));
  rig.sys.drain();
  rig.store->holding = false;
  rig.store->release();
  rig.sys.drain();
  ASSERT_TRUE(*sick);
  ASSERT_FALSE(**sick);
  EXPECT_EQ((**sick).error().code, ec::corrupt);
  EXPECT_TRUE(*well && **well);
  EXPECT_EQ(rig.ask(features_of("broken")).error().code, ec::corrupt);
  EXPECT_EQ(rig.ask(look_at("broken")).error().code, ec::corrupt);
  rig.publish(seen("well", "p", t0, 0));
  rig.settle();
  EXPECT_TRUE(rig.store->has(0, "well"));
  EXPECT_THAT(rig.status().failure, HasSubstr("broken")); // a good commit does not hide it
}

TEST(shard_failures, an_event_of_a_damaged_user_stops_the_shard_and_is_not_passed) {
  shard_rig rig;
  rig.config->shards.credit_records = 10;
  rig.store->put(0, "broken", "no state");
  rig.start();
  rig.publish(seen("well", "p", t0, 0));
  rig.settle();
  rig.publish(seen("broken", "p", t0, 1));
  for (int i = 2; i < 100; ++i) rig.publish(seen("well", "p", t0 + i, i));
  rig.run(5'000);
  EXPECT_EQ(rig.store->position(0), 1);
  EXPECT_EQ(*rig.store->value(0, "broken"), "no state");
  EXPECT_LT(rig.status().events, 15U);
  EXPECT_FALSE(rig.drain());
}

/// A listener that takes nothing.
class broken_feed : public live_feed {
 public:
  broken_feed() { wanted_ = true; }
  std::size_t admit(std::size_t wanted) override { return wanted; }
  void publish(std::vector<live_item>) override { throw std::runtime_error("the line is cut"); }
};

TEST(shard_failures, a_user_that_throws_ends_the_shard_which_begins_again_with_what_is_stored) {
  shard_rig rig;
  rig.start();
  rig.publish(seen("u", "p", t0, 0));
  rig.settle();
  rig.kill();
  rig.feed = std::make_shared<broken_feed>();
  rig.start();
  recommend q;
  q.of.user_id = "u";
  EXPECT_FALSE(rig.ask(q));
  EXPECT_FALSE(rig.ask(features_of("u"))) << "the shard has ended, to begin again without it";
  rig.kill();
  rig.feed = nullptr;
  rig.start();
  rig.publish(seen("u", "p", t0 + 1, 1));
  EXPECT_THAT(rig.ask(features_of("u"))->body, HasSubstr("\"views_7d\":2"));
}

TEST(shard_failures, a_log_that_could_not_be_read_is_followed_again) {
  shard_rig rig;
  rig.start();
  rig.publish(seen("u", "p", t0, 0));
  rig.log->break_readers(topics::processed_events, {ec::storage, "", "bad block"});
  rig.sys.drain();
  rig.publish(seen("u", "p", t0 + 1, 1));
  EXPECT_EQ(rig.status().failure, "bad block");
  rig.run(900);
  EXPECT_EQ(rig.status().failure, "bad block");
  EXPECT_EQ(rig.status().events, 1U);
  rig.run(2'000);
  EXPECT_EQ(rig.status().events, 2U);
  EXPECT_EQ(rig.status().failure, "");
  for (int i = 2; i < 50; ++i) rig.publish(seen("u", "p", t0 + i, i));
  ASSERT_TRUE(rig.drain());
  EXPECT_EQ(rig.stored("u")->total.events, 50U);
}

TEST(shard_failures, updates_the_log_refuses_for_good_show_and_hold_the_commit) {
  shard_rig rig;
  rig.start();
  testing::publish(*rig.log, seen("u", "p", t0, 0));
  rig.log->failing = {ec::too_large, "", "too large"};
  rig.settle();
  EXPECT_EQ(rig.status().failure, "too large");
  EXPECT_LE(rig.store->position(0), 0);
  rig.log->failing = {};
  rig.settle();
  EXPECT_EQ(rig.status().failure, "");
  EXPECT_EQ(rig.store->position(0), 1);
}

TEST(shard_failures, updates_the_log_does_not_take_wait_and_hold_the_commit) {
  shard_rig rig;
  rig.start();
  rig.publish(seen("u", "p", t0, 0));
  rig.settle();
  EXPECT_EQ(rig.told().size(), 1U);
  testing::publish(*rig.log, seen("u", "p2", t0 + 1, 1));
  rig.log->failing = {ec::queue_full, "", "full"};
  rig.settle();
  EXPECT_EQ(rig.told().size(), 1U);
  EXPECT_EQ(rig.store->position(0), 1);
  EXPECT_EQ(rig.stored("u")->total.events, 1U);
  rig.log->failing = {};
  rig.settle();
  EXPECT_EQ(rig.told().size(), 2U);
  EXPECT_EQ(rig.store->position(0), 2);
  EXPECT_EQ(rig.stored("u")->total.events, 2U);
}

} // namespace
} // namespace riq::testing
