// The directory learns from `shard-owners` who has which shard.

#include "actors/directory.hpp"

#include <map>

#include <gtest/gtest.h>

#include "messages/msgpack.hpp"
#include "messages/topics.hpp"
#include "tests/support/deterministic_system.hpp"
#include "tests/support/memory_log.hpp"

namespace riq::testing {
namespace {

template <class Reply, class Question>
auto refuse() {
  return [](const Question&) -> caf::result<Reply> { return to_caf({ec::not_ready, "", ""}); };
}

/// With an argument: CAF 0.17 makes a reference of a null pointer where there is none.
shard_questions::behavior_type deaf(shard_questions::pointer, int) {
  return {refuse<answer, recommend>(),
          refuse<answer, retrieve>(),
          refuse<answer, rank>(),
          refuse<answer, get_features>(),
          refuse<offer_choice, choose_offer>(),
          refuse<answer, export_user>(),
          refuse<answer, inspect_user>(),
          refuse<answer, dry_run>(),
          refuse<answer, what_if>(),
          refuse<analytics_slice, ask_analytics>(),
          refuse<decision_standing, look_up_decision>(),
          refuse<budget_slice, get_budgets>()};
}

class directory_test : public ::testing::Test {
 protected:
  directory_test() { log->ensure_topic({.name = std::string{topics::shard_owners}}); }

  void start() {
    directory_config c;
    c.table = table;
    c.log = log;
    c.endpoint = "here:1";
    c.reach = [this](const auto& at) {
      ++reached[at];
      auto there = sys.spawn(deaf, 0);
      there->attach_functor([this, at] { ++ended[at]; });
      return there;
    };
    c.given_up = [this](const auto& other) { given_up.push_back(other.partition); };
    actor = sys.spawn(directory, std::move(c));
  }

  void pass(int seconds) {
    for (; seconds > 0; --seconds) sys.advance(std::chrono::seconds(1));
  }

  void announce(std::int32_t partition, const std::string& endpoint, bool ready) {
    storage::outgoing_record r;
    r.topic = topics::shard_owners;
    r.key = std::to_string(partition);
    r.value = to_msgpack(shard_owner{partition, endpoint, ready});
    ASSERT_FALSE(log->append({r}, storage::durability::synced, {}));
    sys.drain();
  }

  std::shared_ptr<memory_log> log = std::make_shared<memory_log>();
  std::shared_ptr<shard_table> table = std::make_shared<shard_table>(4);
  std::map<std::string, int> reached;
  std::map<std::string, int> ended;
  std::vector<std::int32_t> given_up;
  deterministic_system sys;
  directory_actor actor;
};

TEST_F(directory_test, knows_owners_from_before_its_start_and_after) {
  announce(0, "there:1", true);
  start();
  sys.drain();
  EXPECT_EQ(table->owner(0), "there:1");
  EXPECT_TRUE(table->peer(0));
  EXPECT_FALSE(table->peer(1));
  announce(1, "there:1", true);
  announce(2, "other:1", true);
  EXPECT_EQ(table->owner(1), "there:1");
  EXPECT_EQ(table->owner(2), "other:1");
  EXPECT_EQ(reached["there:1"], 1) << "one peer a node";
}

TEST_F(directory_test, a_shard_that_is_given_up_is_nowhere) {
  start();
  announce(0, "there:1", true);
  announce(0, "there:1", false);
  EXPECT_EQ(table->owner(0), "");
  EXPECT_FALSE(table->peer(0));
}

TEST_F(directory_test, a_node_that_was_left_behind_gives_up_nothing) {
  start();
  announce(0, "there:1", true);
  announce(0, "other:1", true);
  announce(0, "there:1", false);
  EXPECT_EQ(table->owner(0), "other:1");
}

TEST_F(directory_test, tells_what_other_nodes_give_up) {
  start();
  announce(0, "there:1", true);
  announce(0, "there:1", false);
  announce(1, "here:1", true);
  announce(1, "there:1", false);
  announce(1, "here:1", false);
  EXPECT_EQ(given_up, (std::vector<std::int32_t>{0, 1}));
}

TEST_F(directory_test, a_peer_ends_some_time_after_its_node_has_no_shard) {
  start();
  announce(0, "there:1", true);
  announce(1, "there:1", true);
  announce(0, "other:1", true);
  pass(120);
  EXPECT_EQ(ended["there:1"], 0) << "it has the other shard";
  announce(1, "there:1", false);
  pass(30);
  announce(1, "there:1", true); // its node was restarted
  pass(120);
  EXPECT_EQ(ended["there:1"], 0);
  EXPECT_EQ(reached["there:1"], 1);
  announce(1, "other:1", true);
  pass(50);
  EXPECT_EQ(ended["there:1"], 0);
  pass(15);
  EXPECT_EQ(ended["there:1"], 1);
  EXPECT_EQ(ended["other:1"], 0);
  announce(2, "there:1", true);
  EXPECT_EQ(reached["there:1"], 2);
  EXPECT_TRUE(table->peer(2));
}

TEST_F(directory_test, the_node_itself_needs_no_peer) {
  start();
  announce(3, "here:1", true);
  EXPECT_FALSE(table->peer(3));
  EXPECT_EQ(reached.size(), 0U);
}

TEST_F(directory_test, rubbish_is_passed_over_and_a_broken_log_followed_again) {
  start();
  storage::outgoing_record r;
  r.topic = topics::shard_owners;
  r.value = "rubbish";
  ASSERT_FALSE(log->append({r}, storage::durability::synced, {}));
  announce(77, "there:1", true); // no such shard
  announce(0, "there:1", true);
  EXPECT_EQ(table->owner(0), "there:1");
  log->break_readers(topics::shard_owners, {ec::storage, "", "gone"});
  sys.drain();
  announce(0, "other:1", true);
  EXPECT_EQ(table->owner(0), "there:1");
  sys.advance(std::chrono::seconds(1));
  EXPECT_EQ(table->owner(0), "other:1");
}

} // namespace
} // namespace riq::testing
