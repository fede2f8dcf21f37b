// The log on librdkafka's mock cluster: what is particular to a log that others use as well, and
// that may refuse records.

#include "storage/kafka/log.hpp"

#include <chrono>
#include <thread>

#include <gtest/gtest.h>

#include "messages/topics.hpp"
#include "tests/storage/kafka_support.hpp"

namespace riq::storage::test {
namespace {

constexpr std::int16_t produce_request = 0; // Kafka's number for it

class kafka_log_test : public testing::Test {
 protected:
  kafka_log_test() {
    for (const auto* topic : {"mock.events", "mock.session-updates"})
      rd_kafka_mock_topic_create(*brokers_, topic, 2, 1);
  }

  std::unique_ptr<kafka::kafka_log> open() {
    auto log = open_log(kafka_options(brokers_.servers(), "mock."));
    EXPECT_FALSE(log->ensure_topic({"events", 2}));
    EXPECT_FALSE(log->ensure_topic({std::string{topics::session_updates}, 2}));
    return log;
  }

  /// Brokers refuse the records of the next requests for good.
  void refuse(int requests) {
    for (; requests > 0; --requests)
      rd_kafka_mock_push_request_errors(*brokers_, produce_request, 1,
                                        RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);
  }

  static offset_range ask(event_log& log, const topic_partition& where) {
    answer<result<std::vector<offset_range>>> told;
    log.ask_ranges({where}, told.callback());
    const auto ranges = told.get();
    EXPECT_TRUE(ranges);
    return ranges ? ranges->front() : offset_range{-1, -1};
  }

  static void tell(event_log& log, const std::string& value) {
    auto r = record(std::string{topics::session_updates}, "", value, 1);
    EXPECT_FALSE(log.append({std::move(r)}, durability::relaxed, {}));
  }

  mock_cluster brokers_;
};

TEST_F(kafka_log_test, ends_that_others_moved_are_told_when_they_are_asked_for) {
  auto here = open();
  auto there = open();
  ASSERT_TRUE(append(*there, {record("events", "", "a", 1), record("events", "", "b", 1)}));
  EXPECT_EQ(here->range({"events", 1}).end, 0);
  EXPECT_EQ(ask(*here, {"events", 1}).end, 2);
  EXPECT_EQ(here->range({"events", 1}).end, 2);
}

TEST_F(kafka_log_test, a_beginning_that_retention_moved_is_told_when_it_is_asked_for) {
  auto here = open();
  auto there = open();
  // The mock keeps some megabytes of a partition.
  for (int i = 0; i < 40; ++i)
    ASSERT_TRUE(append(*there, {record("events", "", std::string(250'000, 'v'), 1)}));
  EXPECT_EQ(here->range({"events", 1}).begin, 0);
  const auto now = ask(*here, {"events", 1});
  EXPECT_GT(now.begin, 0);
  EXPECT_EQ(now.end, 40);
  const auto kept = read_all(*here, {"events", 1});
  ASSERT_FALSE(kept.empty());
  EXPECT_EQ(kept.front().offset, now.begin);
}

TEST_F(kafka_log_test, a_record_that_is_too_large_is_refused_at_once) {
  auto log = open();
  const auto never = [](const result<std::vector<std::int64_t>>&) { ADD_FAILURE(); };
  for (const auto safety : {durability::relaxed, durability::synced})
    EXPECT_EQ(
      log->append({record("events", "", std::string(2'000'000, 'v'), 0)}, safety, never).code,
      ec::too_large);
  EXPECT_TRUE(append(*log, {record("events", "", std::string(900'000, 'v'), 0)}));
}

TEST_F(kafka_log_test, what_nobody_would_miss_is_offered_again_until_it_is_taken) {
  auto log = open();
  tell(*log, "first");
  ASSERT_TRUE(log->await_relaxed(patience));
  refuse(3);
  tell(*log, "refused");
  const auto give_up = std::chrono::steady_clock::now() + patience;
  while (!log->health() && std::chrono::steady_clock::now() < give_up) std::this_thread::yield();
  EXPECT_TRUE(log->health());
  EXPECT_FALSE(log->await_relaxed(std::chrono::milliseconds{0})) << "no commit passes it";
  for (int i = 0; i < 20; ++i) tell(*log, std::to_string(i));
  ASSERT_TRUE(log->await_relaxed(patience));
  EXPECT_FALSE(log->health());
  const auto kept = read_all(*log, {std::string{topics::session_updates}, 1});
  ASSERT_EQ(kept.size(), 22U);
  EXPECT_EQ(kept[1].value, "refused") << "before what came later";
  EXPECT_EQ(kept[21].value, "19");
}

/// Of a partition of which more comes than goes, some go through the one client, some through the
/// other.
TEST_F(kafka_log_test, a_crowd_is_stored_in_its_order) {
  auto log = open();
  constexpr int calls = 400;
  constexpr int in_each = 25;
  int next = 0;
  for (int c = 0; c < calls; ++c) {
    std::vector<outgoing_record> some;
    for (int i = 0; i < in_each; ++i)
      some.push_back(record("events", "", std::to_string(next++), 1));
    some.push_back(record(std::string{topics::session_updates}, "", std::to_string(c), 1));
    EXPECT_FALSE(log->append(std::move(some), durability::relaxed, {}));
  }
  ASSERT_TRUE(log->await_relaxed(patience));
  const auto kept = read_all(*log, {"events", 1});
  ASSERT_EQ(kept.size(), static_cast<std::size_t>(calls * in_each));
  for (int i = 0; i < calls * in_each; ++i)
    ASSERT_EQ(kept[static_cast<std::size_t>(i)].value, std::to_string(i));
  EXPECT_EQ(read_all(*log, {std::string{topics::session_updates}, 1}).size(),
            static_cast<std::size_t>(calls));
}

TEST_F(kafka_log_test, who_asked_to_hear_of_it_is_told_of_a_refusal) {
  auto log = open();
  ASSERT_TRUE(append(*log, {record("events", "", "a", 0)}, durability::relaxed));
  refuse(1);
  EXPECT_FALSE(append(*log, {record("events", "", "b", 0)}, durability::relaxed));
  EXPECT_TRUE(append(*log, {record("events", "", "c", 0)}, durability::relaxed));
}

} // namespace
} // namespace riq::storage::test
