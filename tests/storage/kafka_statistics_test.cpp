// The adapter's figures out of what librdkafka's clients report.

#include "storage/kafka/statistics.hpp"

#include <gtest/gtest.h>

namespace riq::storage::kafka {
namespace {

constexpr auto consumer = R"({"client_id":"reader-1","type":"consumer","brokers":{
  "h:1/bootstrap":{"nodeid":-1,"nodename":"h:1","state":"UP","source":"configured"},
  "GroupCoordinator":{"nodeid":1,"nodename":"h:1","state":"UP","source":"logical"},
  "h:1/1":{"nodeid":1,"nodename":"h:1","state":"UP","source":"learned","txerrs":2,
           "req_timeouts":3,"rtt":{"avg":1500,"p99":9000}}},
  "topics":{"t":{"partitions":{
    "0":{"partition":0,"fetch_state":"active","consumer_lag":7},
    "1":{"partition":1,"fetch_state":"none","consumer_lag":-1},
    "2":{"partition":2,"fetch_state":"active","consumer_lag":0},
    "-1":{"partition":-1,"fetch_state":"none","consumer_lag":-1}}}}})";

TEST(kafka_statistics, brokers_are_those_with_a_number) {
  statistics s;
  s.reported(consumer);
  const auto f = s.figures();
  ASSERT_EQ(f.brokers.size(), 1u);
  const auto& b = f.brokers[0];
  EXPECT_EQ(b.client, "reader-1");
  EXPECT_EQ(b.broker, "h:1");
  EXPECT_TRUE(b.up);
  EXPECT_DOUBLE_EQ(b.rtt_ms, 1.5);
  EXPECT_DOUBLE_EQ(b.rtt_p99_ms, 9);
  EXPECT_EQ(b.errors, 2u);
  EXPECT_EQ(b.timeouts, 3u);
  EXPECT_TRUE(f.producers.empty());
}

TEST(kafka_statistics, lag_is_the_slowest_followers_of_what_is_followed) {
  statistics s;
  s.reported(consumer);
  s.reported(R"({"client_id":"reader-2","type":"consumer","brokers":{},"topics":{"t":{"partitions":
    {"0":{"partition":0,"fetch_state":"active","consumer_lag":90}}}}})");
  const auto f = s.figures();
  ASSERT_EQ(f.lags.size(), 2u);
  EXPECT_EQ(f.lags[0].lag, 90);
  EXPECT_EQ(f.lags[1].partition, 2);
}

TEST(kafka_statistics, a_producer_tells_what_waits_and_the_newest_report_holds) {
  statistics s;
  for (const auto* waiting : {"5", "9"})
    s.reported(std::string{R"({"client_id":"appends","type":"producer","msg_cnt":)"} + waiting +
               R"(,"msg_size":800})");
  const auto f = s.figures();
  ASSERT_EQ(f.producers.size(), 1u);
  EXPECT_EQ(f.producers[0].records, 9u);
  EXPECT_EQ(f.producers[0].bytes, 800u);
}

TEST(kafka_statistics, rubbish_is_left_out) {
  statistics s;
  s.reported("{");
  s.reported("");
  s.reported("[]");
  EXPECT_TRUE(s.figures().brokers.empty());
}

TEST(kafka_statistics, counts_what_the_parts_tell) {
  statistics s;
  s.rebalanced("g", 4, true);
  s.rebalanced("g", 1, false);
  s.rebalanced("g", 0, true); // nothing changed here
  s.committed(12);
  s.aborted();
  const auto f = s.figures();
  ASSERT_EQ(f.groups.size(), 1u);
  EXPECT_EQ(f.groups[0].rebalances, 2u);
  EXPECT_EQ(f.groups[0].gained, 4u);
  EXPECT_EQ(f.groups[0].lost, 1u);
  EXPECT_EQ(f.transactions.count, 1u);
  EXPECT_EQ(f.aborted, 1u);
}

} // namespace
} // namespace riq::storage::kafka
