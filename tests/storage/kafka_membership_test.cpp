// A member of a group on librdkafka's mock cluster, whose shards come as the test says.

#include "storage/kafka/membership.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "tests/storage/kafka_support.hpp"

namespace riq::storage::test {
namespace {

using shard_list = std::vector<std::int32_t>;

class kafka_membership_test : public testing::Test {
 protected:
  kafka_membership_test() {
    rd_kafka_mock_topic_create(*brokers_, "mock.events", 4, 1);
    settings_.client.session_timeout_ms = 6'000; // the mock takes no less
  }

  void start(std::function<error(std::int32_t, const kafka::stop_asked&)> restore) {
    member_ = std::make_unique<kafka::membership>(
      settings_, kafka::membership::share{events_, "mock.group", "shards", true}, reached_,
      kafka::membership::hooks{
        std::move(restore), [this](const shard_list& shards) { released_ = shards; }, {}});
    shard_ownership::listener hears;
    hears.gained = [this](const shard_list& shards) {
      const std::lock_guard lock(mutex_);
      gained_.insert(gained_.end(), shards.begin(), shards.end());
      changed_.notify_all();
    };
    hears.lost = [](const shard_list&, bool, const std::function<void()>& released) { released(); };
    ASSERT_FALSE(member_->start(std::move(hears)));
  }

  bool await(const std::function<bool()>& condition) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, patience, condition);
  }

  bool leave() { return member_->leave(std::chrono::seconds(10)); }

  mock_cluster brokers_;
  kafka::options settings_ = kafka_options(brokers_.servers(), "mock.");
  const kafka::topic events_{"events", "mock.events", 4};
  kafka::reachability reached_;
  std::mutex mutex_;
  std::condition_variable changed_;
  shard_list gained_;
  shard_list released_;
  std::unique_ptr<kafka::membership> member_;
};

TEST_F(kafka_membership_test, only_shards_that_came_here_are_released) {
  start([](std::int32_t shard, const kafka::stop_asked&) {
    return shard == 2 ? error{} : error{ec::storage, "", "not yet"};
  });
  ASSERT_TRUE(await([&] { return !gained_.empty(); }));
  EXPECT_TRUE(leave());
  EXPECT_EQ(gained_, shard_list{2});
  EXPECT_EQ(released_, shard_list{2});
}

TEST_F(kafka_membership_test, a_node_that_leaves_waits_for_no_restore) {
  bool began = false;
  start([&](std::int32_t, const kafka::stop_asked& stop) {
    {
      const std::lock_guard lock(mutex_);
      began = true;
      changed_.notify_all();
    }
    while (!stop()) std::this_thread::yield();
    return error{ec::not_ready, "", "the node stops"};
  });
  ASSERT_TRUE(await([&] { return began; }));
  EXPECT_TRUE(leave());
  EXPECT_EQ(gained_, shard_list{});
  EXPECT_EQ(released_, shard_list{});
}

TEST_F(kafka_membership_test, others_that_leave_at_the_same_time_do_not_keep_it_from_leaving) {
  start([](std::int32_t, const kafka::stop_asked&) { return error{}; });
  ASSERT_TRUE(await([&] { return gained_.size() == 4; }));
  std::atomic<bool> left{false};
  std::thread others([&] {
    while (!left) member_->expect_change();
  });
  EXPECT_TRUE(leave());
  left = true;
  others.join();
  std::ranges::sort(released_);
  EXPECT_EQ(released_, (shard_list{0, 1, 2, 3}));
}

} // namespace
} // namespace riq::storage::test
