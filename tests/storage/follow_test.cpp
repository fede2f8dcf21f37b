// Followers of the embedded log between the database and the tail in memory.

#include "tests/storage/support.hpp"

#include <atomic>
#include <random>
#include <thread>

namespace riq::storage::test {

namespace {

/// Checks that values are 0, 1, 2, … in order.
class counter {
 public:
  counter(event_log& log, topic_partition where, std::size_t credit, std::int64_t total)
    : total_(total) {
    own_ = log.subscribe(std::move(where), 0, [this, credit](result<record_batch> b) {
      if (!b) {
        ADD_FAILURE() << b.error().detail;
        return done_.set_value();
      }
      for (const auto& r : b->records) {
        if (r.offset != next_) wrong_ = true;
        if (r.value != std::to_string(next_)) wrong_ = true;
        ++next_;
      }
      granted_ -= b->records.size();
      if (next_ == total_) return done_.set_value();
      if (granted_ <= credit / 2) {
        const auto more = credit - granted_;
        granted_ = credit;
        own_->grant(more);
      }
    });
    granted_ = credit;
    own_->grant(credit);
  }
  void expect_complete() {
    ASSERT_EQ(done_.get_future().wait_for(patience), std::future_status::ready);
    EXPECT_FALSE(wrong_);
  }

 private:
  std::int64_t total_;
  std::int64_t next_ = 0;
  std::size_t granted_ = 0;
  bool wrong_ = false;
  std::promise<void> done_;
  std::unique_ptr<subscription> own_;
};

TEST(following, loses_and_doubles_nothing_between_database_and_tail) {
  temp_dir dir;
  auto o = small(dir.path());
  o.tail_bytes = 16 << 10; // evicts all the time
  const auto db = open(o);
  auto& log = db->log();
  ASSERT_FALSE(log.ensure_topic({"t", 1}));
  constexpr std::int64_t total = 60'000;
  std::vector<std::unique_ptr<counter>> early;
  for (const std::size_t credit : {1U, 7U, 100U, 5'000U, 1'000'000U})
    early.push_back(std::make_unique<counter>(log, topic_partition{"t", 0}, credit, total));
  std::vector<std::unique_ptr<counter>> late;
  std::mt19937 random(7);
  for (std::int64_t i = 0; i < total;) {
    std::vector<outgoing_record> call;
    const auto count = 1 + static_cast<std::int64_t>(random() % (random() % 16 == 0 ? 1500 : 8));
    for (std::int64_t k = 0; k < count && i < total; ++k, ++i)
      call.push_back(record("t", "", std::to_string(i), 0));
    const auto safety = random() % 4 == 0 ? durability::synced : durability::relaxed;
    ASSERT_FALSE(log.append(std::move(call), safety, {}));
    if (late.size() < 20 && random() % 64 == 0)
      late.push_back(
        std::make_unique<counter>(log, topic_partition{"t", 0}, 1 + random() % 10'000, total));
  }
  for (const auto& c : early) c->expect_complete();
  for (const auto& c : late) c->expect_complete();
}

TEST(following, of_concurrent_appenders_sees_each_in_its_order) {
  temp_dir dir;
  const auto db = open(small(dir.path()));
  auto& log = db->log();
  ASSERT_FALSE(log.ensure_topic({"t", 1}));
  constexpr int threads = 4;
  constexpr int each = 5'000;
  follower f(log, {"t", 0}, 0, 1 << 30);
  std::vector<std::thread> appenders;
  for (int t = 0; t < threads; ++t)
    appenders.emplace_back([&, t] {
      for (int i = 0; i < each; ++i)
        EXPECT_FALSE(log.append({record("t", std::to_string(t), std::to_string(i), 0)},
                                i % 2 == 0 ? durability::synced : durability::relaxed, {}));
    });
  for (auto& a : appenders) a.join();
  ASSERT_TRUE(f.reaches(threads * each));
  int next[threads] = {};
  std::int64_t offset = 0;
  for (const auto& r : f.records()) {
    EXPECT_EQ(r.offset, offset++);
    EXPECT_EQ(r.value, std::to_string(next[std::stoi(r.key)]++));
  }
}

TEST(following, a_relaxed_record_behind_a_synced_one_waits_for_it) {
  temp_dir dir;
  const auto db = open(small(dir.path()));
  auto& log = db->log();
  ASSERT_FALSE(log.ensure_topic({"t", 1}));
  // While the writer is held in a callback, nothing is written.
  std::promise<void> held, go;
  ASSERT_FALSE(log.append({record("t", "", "0", 0)}, durability::synced,
                          [&](const result<std::vector<std::int64_t>>&) {
                            held.set_value();
                            go.get_future().wait();
                          }));
  held.get_future().wait();
  answer<result<std::vector<std::int64_t>>> last;
  ASSERT_FALSE(log.append({record("t", "", "1", 0)}, durability::relaxed, {}));
  EXPECT_EQ(log.range({"t", 0}).end, 2);
  ASSERT_FALSE(log.append({record("t", "", "2", 0)}, durability::synced, {}));
  ASSERT_FALSE(log.append({record("t", "", "3", 0)}, durability::relaxed, last.callback()));
  EXPECT_EQ(log.range({"t", 0}).end, 2);
  go.set_value();
  ASSERT_TRUE(last.get());
  EXPECT_EQ(log.range({"t", 0}).end, 4);
  EXPECT_EQ(read_all(log, {"t", 0}).size(), 4U);
}

} // namespace

} // namespace riq::storage::test
