#include "tests/storage/support.hpp"

#include <atomic>

namespace riq::storage::test {

namespace {

constexpr std::int64_t hour = 3'600'000;

class retention : public testing::Test {
 protected:
  retention() { start(); }
  void start() {
    db_.reset();
    auto o = small(dir_.path());
    o.now_ms = [this] { return now_.load(); };
    db_ = open(o);
  }
  event_log& log() { return db_->log(); }
  void fill(const std::string& topic, int records, std::size_t size = 1000) {
    for (int i = 0; i < records; ++i)
      ASSERT_TRUE(
        append(log(), {record(topic, "", std::string(size, 'v'), 0)}, durability::relaxed));
  }
  offset_range range(const std::string& topic) { return log().range({topic, 0}); }

  temp_dir dir_;
  std::atomic<std::int64_t> now_{1'000 * hour};
  std::unique_ptr<embedded::database> db_;
};

TEST_F(retention, bounds_bytes_and_keeps_what_is_newest) {
  ASSERT_FALSE(log().ensure_topic({"t", 1, false, 100'000}));
  fill("t", 1000);
  ASSERT_FALSE(db_->upkeep());
  const auto after = range("t");
  EXPECT_EQ(after.end, 1000);
  EXPECT_LE(after.begin, 1000 - 95);  // the bound's worth is still there
  EXPECT_GE(after.begin, 1000 - 130); // and not much more
  const auto left = read_all(log(), {"t", 0});
  EXPECT_EQ(static_cast<std::int64_t>(left.size()), after.end - after.begin);
  EXPECT_EQ(left.front().offset, after.begin);
  start();
  EXPECT_EQ(range("t").begin, after.begin);
  EXPECT_EQ(range("t").end, 1000);
  follower old(log(), {"t", 0}, 0, 1 << 20);
  ASSERT_TRUE(old.reaches(1000));
  EXPECT_EQ(old.records().front().offset, after.begin);
  // The books survived too: more records push the oldest out.
  fill("t", 100);
  ASSERT_FALSE(db_->upkeep());
  EXPECT_GE(range("t").begin, 1100 - 130);
}

TEST_F(retention, bounds_time_and_never_reuses_an_offset) {
  ASSERT_FALSE(log().ensure_topic({"t", 1, false, 0, hour}));
  fill("t", 50);
  now_ += hour / 2;
  ASSERT_FALSE(db_->upkeep());
  EXPECT_EQ(range("t").begin, 0);
  now_ += hour;
  ASSERT_FALSE(db_->upkeep());
  EXPECT_EQ(range("t").begin, 50);
  EXPECT_EQ(range("t").end, 50);
  start();
  EXPECT_EQ(range("t").begin, 50);
  EXPECT_EQ(range("t").end, 50);
  fill("t", 1);
  EXPECT_EQ(read_all(log(), {"t", 0}).front().offset, 50);
}

TEST_F(retention, waits_for_the_groups) {
  ASSERT_FALSE(log().ensure_topic({"t", 1, false, 50'000, hour}));
  fill("t", 200);
  log().commit("slow", {"t", 0}, 20);
  log().commit("fast", {"t", 0}, 200);
  now_ += 2 * hour;
  ASSERT_FALSE(db_->upkeep());
  EXPECT_LE(range("t").begin, 20);
  EXPECT_GT(range("t").begin, 0);
  start();
  ASSERT_FALSE(db_->upkeep());
  EXPECT_LE(range("t").begin, 20);
  log().commit("slow", {"t", 0}, 200);
  ASSERT_FALSE(db_->upkeep());
  EXPECT_EQ(range("t").begin, 200);
}

TEST_F(retention, does_not_wait_for_a_group_that_is_gone) {
  ASSERT_FALSE(log().ensure_topic({"t", 1, false, 0, hour}));
  ASSERT_FALSE(log().ensure_topic({"other", 1, false, 0, hour}));
  fill("t", 50);
  fill("other", 50);
  log().commit("gone", {"t", 0}, 10);
  log().commit("here", {"t", 0}, 40);
  log().commit("gone", {"other", 0}, 10);
  start();
  log().keep_groups("t", {"here", "new"});
  EXPECT_EQ(log().committed("gone", {"t", 0}), -1);
  EXPECT_EQ(log().committed("here", {"t", 0}), 40);
  EXPECT_EQ(log().committed("gone", {"other", 0}), 10);
  start(); // and for good
  EXPECT_EQ(log().committed("gone", {"t", 0}), -1);
  EXPECT_EQ(log().committed("here", {"t", 0}), 40);
  log().commit("here", {"t", 0}, 50);
  now_ += 2 * hour;
  ASSERT_FALSE(db_->upkeep());
  EXPECT_EQ(range("t").begin, 50);
  EXPECT_EQ(range("other").begin, 0);
}

TEST_F(retention, leaves_topics_without_bounds_alone_and_takes_new_bounds) {
  ASSERT_FALSE(log().ensure_topic({"t", 1}));
  fill("t", 3000);
  now_ += 1'000'000 * hour;
  ASSERT_FALSE(db_->upkeep());
  EXPECT_EQ(range("t").begin, 0);
  ASSERT_FALSE(log().ensure_topic({"t", 1, false, 0, hour}));
  ASSERT_FALSE(db_->upkeep());
  EXPECT_EQ(range("t").begin, 3000);
}

TEST_F(retention, bounds_the_disk) {
  ASSERT_FALSE(log().ensure_topic({"t", 1, false, 1 << 20}));
  std::uint64_t most = 0;
  for (int round = 0; round < 40; ++round) {
    std::vector<outgoing_record> call;
    for (int i = 0; i < 4096; ++i) { // does not compress
      std::string value(512, '\0');
      std::uint64_t x = static_cast<std::uint64_t>(round * 4096 + i) * 2 + 1;
      for (auto& c : value) c = static_cast<char>((x = x * 6364136223846793005U + 1) >> 56);
      call.push_back(record("t", "", std::move(value), 0));
    }
    ASSERT_TRUE(append(log(), std::move(call), durability::relaxed));
    ASSERT_FALSE(db_->upkeep());
    most = std::max(most, db_->state().bytes_on_disk());
  }
  // 80 MiB went through; the write-ahead log and the young files are bounded by their buffers.
  EXPECT_LT(most, std::uint64_t{56} << 20);
}

} // namespace

} // namespace riq::storage::test
