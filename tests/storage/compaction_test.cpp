#include "tests/storage/support.hpp"

#include <algorithm>
#include <atomic>
#include <map>
#include <random>
#include <thread>

namespace riq::storage::test {

namespace {

class compaction : public testing::Test {
 protected:
  compaction() {
    start();
    EXPECT_FALSE(log().ensure_topic({"c", 1, true}));
  }
  void start() {
    db_.reset();
    auto o = small(dir_.path());
    o.compaction_bytes = 1;
    o.tombstone_delay = std::chrono::milliseconds(1000);
    o.now_ms = [this] { return now_.load(); };
    db_ = open(o);
  }
  event_log& log() { return db_->log(); }
  void put(const std::string& key, const std::string& value) {
    ASSERT_TRUE(append(log(), {record("c", key, value)}, durability::relaxed));
  }
  void erase(const std::string& key) {
    auto r = record("c", key, "");
    r.tombstone = true;
    ASSERT_TRUE(append(log(), {r}, durability::relaxed));
  }
  std::map<std::string, std::string> table() {
    std::map<std::string, std::string> out;
    for (const auto& r : read_all(log(), {"c", 0}))
      if (r.tombstone)
        out.erase(r.key);
      else
        out[r.key] = r.value;
    return out;
  }

  temp_dir dir_;
  std::atomic<std::int64_t> now_{1'000'000};
  std::unique_ptr<embedded::database> db_;
};

TEST_F(compaction, keeps_the_newest_record_of_each_key) {
  for (int i = 0; i < 1000; ++i) put("k" + std::to_string(i % 10), std::to_string(i));
  ASSERT_FALSE(db_->upkeep());
  start(); // the tail in memory still had them all
  const auto left = read_all(log(), {"c", 0});
  ASSERT_EQ(left.size(), 10U);
  for (std::size_t i = 0; i < 10; ++i) {
    EXPECT_EQ(left[i].offset, static_cast<std::int64_t>(990 + i));
    EXPECT_EQ(left[i].value, std::to_string(990 + i));
  }
  EXPECT_EQ(log().range({"c", 0}).end, 1000);
}

TEST_F(compaction, moves_the_begin) {
  for (int i = 0; i < 100; ++i) put("k", std::to_string(i));
  ASSERT_FALSE(db_->upkeep());
  EXPECT_EQ(log().range({"c", 0}).begin, 99);
  EXPECT_EQ(log().range({"c", 0}).end, 100);
}

TEST_F(compaction, drops_a_tombstone_that_all_groups_have_read) {
  put("a", "1");
  put("b", "1");
  erase("a");
  log().commit("g", {"c", 0}, 3);
  ASSERT_FALSE(db_->upkeep());
  start();
  const auto left = read_all(log(), {"c", 0});
  ASSERT_EQ(left.size(), 1U);
  EXPECT_EQ(left[0].key, "b");
  EXPECT_EQ(log().range({"c", 0}).end, 3);
  put("a", "2"); // after its index entry is gone
  ASSERT_FALSE(db_->upkeep());
  EXPECT_EQ(table(), (std::map<std::string, std::string>{{"a", "2"}, {"b", "1"}}));
  EXPECT_EQ(read_all(log(), {"c", 0}).back().offset, 3);
}

TEST_F(compaction, keeps_a_tombstone_until_its_delay_is_over) {
  put("a", "1");
  erase("a");
  ASSERT_FALSE(db_->upkeep());
  start();
  ASSERT_EQ(read_all(log(), {"c", 0}).size(), 1U);
  EXPECT_TRUE(read_all(log(), {"c", 0})[0].tombstone);
  now_ += 2000;
  put("b", "1"); // makes it dirty again
  ASSERT_FALSE(db_->upkeep());
  start();
  const auto left = read_all(log(), {"c", 0});
  ASSERT_EQ(left.size(), 1U);
  EXPECT_EQ(left[0].key, "b");
}

TEST_F(compaction, keeps_a_tombstone_as_long_as_its_topic_wants) {
  ASSERT_FALSE(log().ensure_topic({"c", 1, true, 0, 5'000}));
  put("a", "1");
  erase("a");
  for (const auto& [after, left] : {std::pair{4'900, 1}, std::pair{10'100, 0}}) {
    now_ = 1'000'000 + after;
    put("b", std::to_string(after));
    ASSERT_FALSE(db_->upkeep());
    const auto records = read_all(log(), {"c", 0});
    EXPECT_EQ(std::count_if(records.begin(), records.end(), [](auto& r) { return r.tombstone; }),
              left);
  }
}

TEST_F(compaction, an_emptied_partition_goes_on_with_its_offsets) {
  put("a", "1");
  erase("a");
  now_ += 2000;
  ASSERT_FALSE(db_->upkeep());
  start();
  EXPECT_EQ(log().range({"c", 0}).begin, 2);
  EXPECT_EQ(log().range({"c", 0}).end, 2);
  put("a", "3");
  EXPECT_EQ(read_all(log(), {"c", 0}).front().offset, 2);
}

TEST_F(compaction, changes_nothing_that_a_reader_can_tell_while_writes_go_on) {
  std::map<std::string, std::string> expected;
  std::atomic<bool> stop{false};
  std::thread cleaner([&] {
    while (!stop) EXPECT_FALSE(db_->upkeep());
  });
  std::mt19937 random(3);
  for (int i = 0; i < 20'000; ++i) {
    auto r = record("c", "k" + std::to_string(random() % 300),
                    std::string(random() % 200, 'v') + std::to_string(i));
    r.tombstone = random() % 5 == 0;
    if (r.tombstone)
      expected.erase(r.key);
    else
      expected[r.key] = r.value;
    ASSERT_FALSE(log().append({std::move(r)}, durability::relaxed, {}));
    if (i % 1000 == 0) {
      ASSERT_TRUE(append(log(), {}));
      now_ += 100;
      EXPECT_EQ(table(), expected);
    }
  }
  ASSERT_TRUE(append(log(), {}));
  stop = true;
  cleaner.join();
  EXPECT_EQ(table(), expected);
  start();
  EXPECT_EQ(table(), expected);
  ASSERT_FALSE(db_->upkeep());
  now_ += 10'000;
  put("last", "x");
  expected["last"] = "x";
  ASSERT_FALSE(db_->upkeep());
  start();
  EXPECT_EQ(table(), expected);
  EXPECT_EQ(read_all(log(), {"c", 0}).size(), expected.size());
}

TEST_F(compaction, cannot_be_switched) {
  EXPECT_EQ(log().ensure_topic({"c", 1, false}).code, ec::conflict);
}

} // namespace

} // namespace riq::storage::test
