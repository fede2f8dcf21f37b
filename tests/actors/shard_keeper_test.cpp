// The keeper starts and ends shards as they come and go.

#include "actors/shard_keeper.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "messages/topics.hpp"
#include "tests/actors/shard_rig.hpp"

namespace riq::testing {
namespace {

class keeper_test : public ::testing::Test {
 protected:
  keeper_test() {
    rig.log->ensure_topic({.name = std::string{topics::shard_owners}});
    keeper_config c;
    c.table = table;
    c.log = rig.log;
    c.endpoint = "here:1";
    c.spawn_shard = [this](std::int32_t) {
      rig.start();
      return rig.shard;
    };
    keeper = rig.sys.spawn(shard_keeper, std::move(c));
  }

  void gain() {
    caf::anon_send(keeper, shards_gained{{0}});
    rig.sys.drain();
  }

  /// Counts how often it was released.
  std::shared_ptr<int> lose(bool may_store) {
    auto released = std::make_shared<int>(0);
    caf::anon_send(keeper, shards_lost{{0}, may_store, [released] { ++*released; }});
    rig.sys.drain();
    return released;
  }

  std::vector<shard_owner> announced() const {
    std::vector<shard_owner> out;
    for (const auto& r : rig.log->records(topics::shard_owners))
      out.push_back(*from_msgpack<shard_owner>(r.value));
    return out;
  }

  shard_rig rig;
  std::shared_ptr<shard_table> table = std::make_shared<shard_table>(1);
  keeper_actor keeper;
};

TEST_F(keeper_test, a_gained_shard_is_shown_at_once_and_announced_when_ready) {
  gain();
  EXPECT_TRUE(table->shard(0));
  EXPECT_TRUE(announced().empty());
  rig.sys.advance(std::chrono::milliseconds(60));
  ASSERT_EQ(announced().size(), 1U);
  EXPECT_EQ(announced()[0].endpoint, "here:1");
  EXPECT_TRUE(announced()[0].ready);
}

TEST_F(keeper_test, a_shard_that_fails_begins_again_after_a_pause_and_has_forgotten_nothing) {
  gain();
  rig.publish(seen("u", "p", t0, 0));
  rig.settle();
  rig.publish(seen("u", "p", t0 + 1, 1)); // in no snapshot yet
  const auto fail = [&] {
    const auto before = table->shard(0);
    caf::anon_send(before, user_failed{"u", "out of luck"});
    rig.sys.drain();
    EXPECT_FALSE(table->shard(0));
  };
  fail();
  rig.sys.advance(std::chrono::milliseconds(900));
  EXPECT_FALSE(table->shard(0));
  rig.sys.advance(std::chrono::milliseconds(200));
  ASSERT_TRUE(table->shard(0));
  EXPECT_THAT(rig.ask(features_of("u"))->body, ::testing::HasSubstr("\"views_7d\":2"));
  rig.sys.advance(std::chrono::milliseconds(60));
  ASSERT_EQ(announced().size(), 3U);
  EXPECT_FALSE(announced()[1].ready);
  EXPECT_TRUE(announced()[2].ready);
  fail();
  rig.sys.advance(std::chrono::milliseconds(1'900));
  EXPECT_FALSE(table->shard(0)) << "twice as long the second time";
  rig.sys.advance(std::chrono::milliseconds(200));
  EXPECT_TRUE(table->shard(0));
}

TEST_F(keeper_test, a_shard_that_failed_and_is_lost_meanwhile_stays_away) {
  gain();
  caf::anon_send(table->shard(0), user_failed{"u", "out of luck"});
  rig.sys.drain();
  const auto released = lose(true);
  EXPECT_EQ(*released, 1);
  rig.sys.advance(std::chrono::minutes(1));
  EXPECT_FALSE(table->shard(0));
}

TEST_F(keeper_test, a_shard_that_another_node_gives_up_is_announced_again) {
  const auto gives_up = [&] {
    caf::anon_send(keeper, shard_owner{0, "other:1", false});
    rig.sys.drain();
  };
  gives_up();
  gain();
  gives_up();
  EXPECT_TRUE(announced().empty()) << "not ready yet";
  rig.sys.advance(std::chrono::milliseconds(60));
  gives_up(); // after a pause, of what it has lost since
  ASSERT_EQ(announced().size(), 2U);
  EXPECT_EQ(announced()[1].endpoint, "here:1");
  EXPECT_TRUE(announced()[1].ready);
  lose(false);
  gives_up();
  ASSERT_EQ(announced().size(), 3U);
  EXPECT_FALSE(announced()[2].ready) << "its own last word";
}

TEST_F(keeper_test, an_announcement_that_was_not_stored_is_made_again) {
  gain();
  rig.log->losing = {ec::storage, "", "no broker"};
  rig.sys.advance(std::chrono::milliseconds(60));
  rig.log->losing = {};
  rig.log->failing = {ec::queue_full, "", "full"};
  rig.sys.advance(std::chrono::seconds(2));
  rig.log->failing = {};
  EXPECT_TRUE(announced().empty());
  rig.sys.advance(std::chrono::seconds(2));
  ASSERT_EQ(announced().size(), 1U);
  EXPECT_TRUE(announced()[0].ready);
}

TEST_F(keeper_test, a_lost_shard_stores_its_users_before_it_is_released) {
  gain();
  rig.sys.advance(std::chrono::milliseconds(60));
  rig.publish(seen("u1", "p1", t0, 0));
  EXPECT_FALSE(rig.stored("u1"));
  int released = 0;
  bool stored_by_then = false;
  caf::anon_send(keeper, shards_lost{{0}, true, [&] {
                                       ++released;
                                       stored_by_then = rig.stored("u1").has_value();
                                     }});
  rig.sys.drain();
  EXPECT_FALSE(table->shard(0)) << "asked no more";
  EXPECT_EQ(released, 1) << "no tick is waited for";
  EXPECT_TRUE(stored_by_then);
  EXPECT_EQ(rig.store->position(0), 1);
  ASSERT_EQ(announced().size(), 2U);
  EXPECT_FALSE(announced()[1].ready);
}

TEST_F(keeper_test, a_shard_that_is_anothers_already_stores_nothing) {
  gain();
  rig.publish(seen("u1", "p1", t0, 0));
  EXPECT_EQ(*lose(false), 1);
  EXPECT_FALSE(rig.stored("u1"));
}

TEST_F(keeper_test, nothing_of_a_shard_runs_any_more_when_it_is_released) {
  gain();
  auto released = std::make_shared<int>(0);
  caf::anon_send(keeper, shards_lost{{0}, false, [released] { ++*released; }});
  ASSERT_TRUE(rig.sys.sched.try_run_once());
  EXPECT_EQ(*released, 0) << "told to end, and still there";
  rig.sys.drain();
  EXPECT_EQ(*released, 1);
}

TEST_F(keeper_test, a_shard_comes_back) {
  gain();
  const auto first = table->shard(0);
  lose(false);
  gain();
  EXPECT_TRUE(table->shard(0));
  EXPECT_NE(table->shard(0), first);
}

TEST_F(keeper_test, losing_nothing_is_released_at_once) {
  EXPECT_EQ(*lose(true), 1);
}

} // namespace
} // namespace riq::testing
