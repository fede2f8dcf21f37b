// A shard's state out of its changelog, on librdkafka's mock cluster.

#include "storage/kafka/restorer.hpp"

#include <gtest/gtest.h>

#include "messages/topics.hpp"
#include "tests/storage/kafka_support.hpp"

namespace riq::storage::test {
namespace {

constexpr std::int64_t changes = 12'000; // several steps

class kafka_restorer_test : public testing::Test {
 protected:
  kafka_restorer_test() {
    for (const auto* topic : {"mock.processed-events", "mock.user-state"})
      rd_kafka_mock_topic_create(*brokers_, topic, 1, 1);
    auto log = open_log(settings_);
    EXPECT_FALSE(log->ensure_topic({std::string{topics::user_state}, 1, true, 0, 0}));
    std::vector<outgoing_record> records;
    for (std::int64_t i = 0; i < changes; ++i)
      records.push_back(record(std::string{topics::user_state}, "u" + std::to_string(i), "state"));
    EXPECT_TRUE(append(*log, std::move(records)));
    EXPECT_FALSE(restorer_.open());
  }

  std::int64_t read() const { return restorer_.progress().front().records; }

  mock_cluster brokers_;
  const kafka::options settings_ = kafka_options(brokers_.servers(), "mock.");
  const kafka::topic events_{std::string{topics::processed_events}, "mock.processed-events", 1};
  kafka::topic changelog_{std::string{topics::user_state}, "mock.user-state", 1};
  kafka::reachability reached_;
  std::unique_ptr<adapter> local_ = embedded_adapter::make();
  kafka::restorer restorer_{settings_, local_->state(), events_, changelog_, "node", reached_};
};

TEST_F(kafka_restorer_test, ends_in_the_middle_when_the_node_stops) {
  const auto stopped = restorer_.restore(0, [&] { return read() > 0; });
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, ec::not_ready);
  EXPECT_LT(read(), changes);
  const auto whole = restorer_.restore(0, [] { return false; });
  ASSERT_TRUE(whole) << whole.error().detail;
  EXPECT_EQ(*whole, -1) << "nobody has committed a position";
  const auto last = load(local_->state(), 0, {"u" + std::to_string(changes - 1)});
  ASSERT_TRUE(last);
  EXPECT_EQ(last->front(), "state");
}

} // namespace
} // namespace riq::storage::test
