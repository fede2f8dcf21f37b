// Commits that outlive a shard's time on this node. No broker is there: a commit that is let
// through fails for another reason than one that is refused.

#include <future>
#include <mutex>

#include <gtest/gtest.h>

#include "messages/topics.hpp"
#include "storage/kafka/state.hpp"
#include "tests/storage/kafka_support.hpp"

namespace riq::storage::test {
namespace {

constexpr std::int32_t shard = 3;

class kafka_state_test : public testing::Test {
 protected:
  kafka_state_test() { belong_since(1); }
  ~kafka_state_test() override { go_on(); }

  /// The shard is this node's, for the n-th time.
  void belong_since(std::uint64_t tenure) {
    const std::lock_guard lock(mutex_);
    claim_.metadata = {rd_kafka_consumer_group_metadata_new("group"),
                       rd_kafka_consumer_group_metadata_destroy};
    claim_.shards = {{shard, tenure}};
  }

  std::future<error> commit() {
    state_commit batch;
    batch.shard = shard;
    batch.position = 1;
    auto done = std::make_shared<std::promise<error>>();
    auto outcome = done->get_future();
    EXPECT_FALSE(state_.commit(std::move(batch), [done](error e) { done->set_value(e); }));
    return outcome;
  }

  /// Until a commit is under way, which stands still from then on.
  void await_held() { held_.get_future().wait(); }
  void go_on() {
    if (!gone_on_) going_on_.set_value();
    gone_on_ = true;
  }

  kafka::kafka_state& state() { return state_; }

 private:
  static kafka::options nowhere() {
    auto out = kafka_options("127.0.0.1:1", "nowhere.");
    out.request_timeout_ms = 50;
    return out;
  }
  bool hold() {
    if (!holds_) return true;
    holds_ = false;
    held_.set_value();
    going_on_.get_future().wait();
    return true;
  }

  std::mutex mutex_;
  kafka::membership::claim claim_;
  std::promise<void> held_;
  std::promise<void> going_on_;
  bool holds_ = true; // of the committing thread
  bool gone_on_ = false;
  const kafka::options settings_ = nowhere();
  const kafka::topic events_{std::string{topics::processed_events}, "events", 4};
  const kafka::topic changelog_{std::string{topics::user_state}, "states", 4};
  kafka::reachability brokers_;
  std::unique_ptr<adapter> local_ = embedded_adapter::make();
  kafka::kafka_state state_{{settings_, local_->state(), events_, changelog_,
                             [this](auto) { return hold(); }, brokers_, "node",
                             [this] {
                               const std::lock_guard lock(mutex_);
                               return claim_;
                             }}};
};

TEST_F(kafka_state_test, a_commit_of_the_same_tenure_goes_to_the_brokers) {
  auto first = commit();
  await_held();
  go_on();
  const auto outcome = first.get();
  EXPECT_TRUE(outcome);
  EXPECT_NE(outcome.code, ec::conflict) << outcome.detail;
}

TEST_F(kafka_state_test, a_commit_does_not_outlive_its_tenure) {
  auto under_way = commit();
  await_held();
  auto waiting = commit();
  belong_since(2);
  go_on();
  EXPECT_EQ(under_way.get().code, ec::conflict);
  EXPECT_EQ(waiting.get().code, ec::conflict);
}

TEST_F(kafka_state_test, a_shard_is_settled_when_nothing_of_its_last_time_is_on_its_way) {
  auto under_way = commit();
  await_held();
  auto waiting = commit();
  belong_since(2);
  auto settled = std::async(std::launch::async, [this] { state().await_settled(shard); });
  EXPECT_NE(settled.wait_for(std::chrono::milliseconds{20}), std::future_status::ready);
  go_on();
  settled.get();
  EXPECT_EQ(under_way.wait_for(std::chrono::seconds{0}), std::future_status::ready);
  EXPECT_EQ(waiting.get().code, ec::conflict);
  state().await_settled(shard + 1); // of which there is nothing
}

} // namespace
} // namespace riq::storage::test
