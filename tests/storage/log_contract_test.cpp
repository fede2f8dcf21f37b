// What every adapter of the event log promises (storage/event_log.hpp).

#include "tests/storage/kafka_support.hpp"
#include "tests/storage/support.hpp"

#include <atomic>
#include <set>
#include <thread>

#include "messages/partition.hpp"

namespace riq::storage::test {

namespace {

class log_contract : public testing::TestWithParam<adapter_maker> {
 protected:
  void SetUp() override {
    adapter_ = GetParam()();
    if (!adapter_) GTEST_SKIP() << "RIQ_TEST_BROKER names no broker";
    ASSERT_FALSE(log().ensure_topic({"events", 4}));
  }
  event_log& log() { return adapter_->log(); }
  std::unique_ptr<adapter> adapter_;
};

TEST_P(log_contract, topics_keep_their_partitions) {
  EXPECT_EQ(log().partitions("events"), 4);
  EXPECT_EQ(log().partitions("nothing"), 0);
  EXPECT_FALSE(log().ensure_topic({"events", 4}));
  const auto bad = log().ensure_topic({"events", 8});
  EXPECT_EQ(bad.code, ec::conflict);
  EXPECT_NE(bad.detail.find("4"), std::string::npos);
  EXPECT_NE(bad.detail.find("8"), std::string::npos);
  adapter_->restart();
  EXPECT_EQ(log().partitions("events"), 4);
  EXPECT_EQ(log().ensure_topic({"events", 3}).code, ec::conflict);
}

TEST_P(log_contract, it_is_told_from_any_other_for_as_long_as_it_exists) {
  const auto known = log().identity();
  EXPECT_FALSE(known.empty());
  adapter_->restart();
  ASSERT_FALSE(log().ensure_topic({"events", 4}));
  EXPECT_EQ(log().identity(), known);
  const auto other = GetParam()();
  ASSERT_FALSE(other->log().ensure_topic({"events", 4}));
  EXPECT_NE(other->log().identity(), known);
}

TEST_P(log_contract, a_key_decides_the_partition_as_kafka_does) {
  for (const std::string key : {"u1", "u2", "someone", ""}) {
    const auto expected = riq::partition_of(key, 4);
    EXPECT_EQ(log().partition_of("events", key), expected);
    const auto before = log().range({"events", expected}).end;
    const auto offsets = append(log(), {record("events", key, "v")});
    ASSERT_TRUE(offsets);
    EXPECT_EQ(offsets->front(), before);
    EXPECT_EQ(log().range({"events", expected}).end, before + 1);
  }
}

TEST_P(log_contract, records_come_back_as_they_went_in) {
  auto r = record("events", "k", std::string("v\0v", 3), 1);
  r.headers = {{"trace", "abc"}, {"", ""}};
  r.timestamp = -5;
  auto t = record("events", "k", "", 1);
  t.tombstone = true;
  const auto offsets = append(log(), {r, t});
  ASSERT_TRUE(offsets);
  for (int life = 0; life < 2; ++life) {
    const auto all = read_all(log(), {"events", 1});
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].offset, (*offsets)[0]);
    EXPECT_EQ(all[0].key, "k");
    EXPECT_EQ(all[0].value, r.value);
    EXPECT_EQ(all[0].headers, r.headers);
    EXPECT_EQ(all[0].timestamp, -5);
    EXPECT_FALSE(all[0].tombstone);
    EXPECT_TRUE(all[1].tombstone);
    adapter_->restart();
  }
}

TEST_P(log_contract, one_call_over_many_partitions_gets_consecutive_places_in_each) {
  std::vector<outgoing_record> records;
  for (int i = 0; i < 4000; ++i) records.push_back(record("events", "", std::to_string(i), i % 4));
  const auto offsets = append(log(), std::move(records));
  ASSERT_TRUE(offsets);
  ASSERT_EQ(offsets->size(), 4000U);
  for (int i = 4; i < 4000; ++i)
    ASSERT_EQ((*offsets)[static_cast<std::size_t>(i)],
              (*offsets)[static_cast<std::size_t>(i - 4)] + 1);
  const auto all = read_all(log(), {"events", 3});
  ASSERT_EQ(all.size(), 1000U);
  for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i].value, std::to_string(i * 4 + 3));
}

TEST_P(log_contract, wrong_records_are_refused_at_once) {
  const auto never = [](const result<std::vector<std::int64_t>>&) { ADD_FAILURE(); };
  EXPECT_EQ(log().append({record("none", "k", "v")}, durability::synced, never).code,
            ec::not_found);
  EXPECT_EQ(log().append({record("events", "k", "v", 4)}, durability::synced, never).code,
            ec::invalid);
  EXPECT_EQ(
    log()
      .append({record("events", "k", "v", 0), record("none", "k", "v")}, durability::relaxed, never)
      .code,
    ec::not_found);
  EXPECT_EQ(log().range({"events", 0}).end, 0);
}

TEST_P(log_contract, an_empty_append_is_answered) {
  const auto offsets = append(log(), {});
  ASSERT_TRUE(offsets);
  EXPECT_TRUE(offsets->empty());
  EXPECT_FALSE(log().append({record("events", "k", "v", 0)}, durability::relaxed, {}));
}

TEST_P(log_contract, dones_come_in_order_and_once) {
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<int> order;
  for (int i = 0; i < 500; ++i) {
    const auto safety =
      adapter_->has_relaxed_at_once() && i % 3 == 0 ? durability::synced : durability::relaxed;
    ASSERT_FALSE(log().append({record("events", "", std::to_string(i), 0)}, safety,
                              [&, i](const result<std::vector<std::int64_t>>& r) {
                                EXPECT_TRUE(r);
                                const std::lock_guard lock(mutex);
                                order.push_back(i);
                                changed.notify_all();
                              }));
  }
  std::unique_lock lock(mutex);
  ASSERT_TRUE(changed.wait_for(lock, patience, [&] { return order.size() == 500; }));
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
}

TEST_P(log_contract, a_relaxed_append_is_readable_at_once_and_a_synced_one_when_done) {
  if (adapter_->has_relaxed_at_once()) {
    ASSERT_FALSE(log().append({record("events", "", "a", 2)}, durability::relaxed, {}));
  } else {
    ASSERT_TRUE(append(log(), {record("events", "", "a", 2)}, durability::relaxed));
  }
  EXPECT_EQ(log().range({"events", 2}).end, 1);
  ASSERT_TRUE(append(log(), {record("events", "", "b", 2)}));
  EXPECT_EQ(log().range({"events", 2}).end, 2);
}

TEST_P(log_contract, ranges_are_told_in_the_order_in_which_they_are_asked_for) {
  ASSERT_TRUE(append(log(), {record("events", "", "a", 2), record("events", "", "b", 2),
                             record("events", "", "c", 1)}));
  answer<result<std::vector<offset_range>>> told;
  log().ask_ranges({{"events", 1}, {"events", 2}, {"events", 0}, {"none", 0}}, told.callback());
  const auto ranges = told.get();
  ASSERT_TRUE(ranges);
  std::vector<std::int64_t> ends;
  for (const auto& r : *ranges) {
    EXPECT_EQ(r.begin, 0);
    ends.push_back(r.end);
  }
  EXPECT_EQ(ends, (std::vector<std::int64_t>{1, 2, 0, 0}));
  answer<result<std::vector<offset_range>>> of_nothing;
  log().ask_ranges({}, of_nothing.callback());
  EXPECT_TRUE(of_nothing.get());
}

TEST_P(log_contract, followers_get_no_more_than_their_credit) {
  for (int i = 0; i < 100; ++i)
    ASSERT_TRUE(append(log(), {record("events", "", std::to_string(i), 0)}, durability::relaxed));
  follower f(log(), {"events", 0}, 0, 0);
  f.handle().grant(30);
  ASSERT_TRUE(f.reaches(30));
  f.handle().grant(1);
  ASSERT_TRUE(f.reaches(31));
  // A second follower with credit for all shows that nothing was due to the first meanwhile.
  EXPECT_EQ(read_all(log(), {"events", 0}).size(), 100U);
  EXPECT_EQ(f.records().size(), 31U);
  f.handle().grant(1000);
  ASSERT_TRUE(f.reaches(100));
  ASSERT_TRUE(append(log(), {record("events", "", "100", 0)}));
  ASSERT_TRUE(f.reaches(101));
  const auto all = f.records();
  for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i].value, std::to_string(i));
}

TEST_P(log_contract, following_may_begin_in_the_middle_or_in_the_future) {
  for (int i = 0; i < 10; ++i)
    ASSERT_TRUE(append(log(), {record("events", "", std::to_string(i), 0)}));
  follower middle(log(), {"events", 0}, 7, 100);
  follower later(log(), {"events", 0}, 11, 100);
  ASSERT_TRUE(middle.reaches(10));
  EXPECT_EQ(middle.records().front().offset, 7);
  ASSERT_TRUE(append(log(), {record("events", "", "x", 0), record("events", "", "y", 0)}));
  ASSERT_TRUE(later.reaches(12));
  ASSERT_EQ(later.records().size(), 1U);
  EXPECT_EQ(later.records().front().value, "y");
}

TEST_P(log_contract, following_an_unknown_topic_is_an_error) {
  follower f(log(), {"none", 0}, 0, 10);
  ASSERT_TRUE(f.fails());
  EXPECT_EQ(f.failure().code, ec::not_found);
}

TEST_P(log_contract, a_sink_may_append_grant_and_end_its_own_subscription) {
  std::promise<void> ended;
  std::unique_ptr<subscription> own;
  std::atomic<int> calls{0};
  own = log().subscribe({"events", 0}, 0, [&](result<record_batch> b) {
    ASSERT_TRUE(b);
    calls += static_cast<int>(b->records.size());
    if (calls < 50) {
      own->grant(1);
      EXPECT_FALSE(log().append({record("events", "", "again", 0)}, durability::relaxed, {}));
    } else {
      own.reset();
      ended.set_value();
    }
  });
  own->grant(1);
  ASSERT_FALSE(log().append({record("events", "", "first", 0)}, durability::synced, {}));
  ASSERT_EQ(ended.get_future().wait_for(patience), std::future_status::ready);
  ASSERT_TRUE(append(log(), {record("events", "", "after", 0)}));
  EXPECT_EQ(calls, 50);
}

TEST_P(log_contract, no_callback_runs_after_a_subscription_is_destroyed) {
  std::atomic<bool> stop{false};
  std::thread source([&] {
    while (!stop) (void)append(log(), {record("events", "", "v", 0)}, durability::relaxed);
  });
  for (int i = 0; i < 200; ++i) {
    std::atomic<bool> alive{true};
    auto s =
      log().subscribe({"events", 0}, 0, [&](const result<record_batch>&) { EXPECT_TRUE(alive); });
    s->grant(1 << 20);
    s.reset();
    alive = false;
  }
  stop = true;
  source.join();
}

TEST_P(log_contract, groups_remember_what_they_need) {
  EXPECT_EQ(log().committed("g", {"events", 0}), -1);
  log().commit("g", {"events", 0}, 5);
  log().commit("g", {"events", 1}, 6);
  log().commit("h", {"events", 0}, 7);
  log().commit("g", {"events", 0}, 8);
  EXPECT_EQ(log().committed("g", {"events", 0}), 8);
  adapter_->restart();
  EXPECT_EQ(log().committed("g", {"events", 0}), 8);
  EXPECT_EQ(log().committed("g", {"events", 1}), 6);
  EXPECT_EQ(log().committed("h", {"events", 0}), 7);
  EXPECT_EQ(log().committed("h", {"events", 1}), -1);
}

TEST_P(log_contract, offsets_go_on_after_a_restart) {
  for (std::int64_t life = 0; life < 3; ++life) {
    const auto offsets =
      append(log(), {record("events", "", "a", 0), record("events", "", "b", 0)});
    ASSERT_TRUE(offsets);
    EXPECT_EQ(offsets->front(), 2 * life);
    adapter_->restart();
    EXPECT_EQ(log().range({"events", 0}).begin, 0);
    EXPECT_EQ(log().range({"events", 0}).end, 2 * life + 2);
  }
}

INSTANTIATE_TEST_SUITE_P(embedded, log_contract, testing::Values(&embedded_adapter::make));
INSTANTIATE_TEST_SUITE_P(kafka_mock, log_contract, testing::Values(&mock_kafka_adapter::make));
INSTANTIATE_TEST_SUITE_P(kafka_broker, log_contract, testing::Values(&broker_adapter::make));

} // namespace

} // namespace riq::storage::test
