// What is the embedded adapter's own: opening, the bounded queue, closing.

#include "tests/storage/support.hpp"

#include <fstream>
#include <thread>

#include <unistd.h>

namespace riq::storage::test {

namespace {

TEST(opening, a_locked_directory_names_it_and_its_user) {
  temp_dir dir;
  const auto db = open(small(dir.path()));
  const auto second = embedded::database::open(small(dir.path()));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ec::conflict);
  EXPECT_NE(second.error().detail.find(dir.path().string()), std::string::npos);
  EXPECT_NE(second.error().detail.find("another node"), std::string::npos);
}

TEST(opening, a_directory_that_cannot_be_made_is_named) {
  temp_dir dir;
  std::ofstream(dir.path() / "file") << "x";
  const auto db = embedded::database::open(small(dir.path() / "file"));
  ASSERT_FALSE(db);
  EXPECT_EQ(db.error().code, ec::storage);
  EXPECT_NE(db.error().detail.find((dir.path() / "file").string()), std::string::npos);
}

TEST(opening, a_directory_that_cannot_be_written_is_named) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may write anywhere";
  temp_dir dir;
  std::filesystem::permissions(dir.path(), std::filesystem::perms::owner_read |
                                             std::filesystem::perms::owner_exec);
  const auto db = embedded::database::open(small(dir.path()));
  ASSERT_FALSE(db);
  EXPECT_NE(db.error().detail.find(dir.path().string()), std::string::npos);
}

TEST(figures, are_answered_from_memory_and_measured_at_upkeep) {
  temp_dir dir;
  auto o = small(dir.path());
  o.upkeep_interval = std::chrono::hours(1);
  auto db = open(o);
  const auto before = db->state().bytes_on_disk();
  EXPECT_GT(before, 0U);
  state_commit batch{3, {}, 1};
  for (int k = 0; k < 2'000; ++k)
    batch.writes.push_back({"k" + std::to_string(k), std::string(100, 'v')});
  ASSERT_FALSE(commit(db->state(), std::move(batch)));
  EXPECT_EQ(db->state().approximate_keys(3), 0U) << "nobody has looked since";
  EXPECT_EQ(db->state().bytes_on_disk(), before);
  ASSERT_FALSE(db->upkeep());
  EXPECT_GT(db->state().approximate_keys(3), 0U);
  EXPECT_GT(db->state().bytes_on_disk(), before);
  db.reset();
  db = open(o); // measured when it opens
  EXPECT_GT(db->state().approximate_keys(3), 0U);
}

TEST(queue, is_bounded_in_records_and_bytes) {
  temp_dir dir;
  auto o = small(dir.path());
  o.queue_records = 10;
  o.queue_bytes = 1 << 20;
  const auto db = open(o);
  auto& log = db->log();
  ASSERT_FALSE(log.ensure_topic({"t", 1}));
  std::promise<void> held, go;
  ASSERT_FALSE(log.append({record("t", "", "0", 0)}, durability::synced,
                          [&](const result<std::vector<std::int64_t>>&) {
                            held.set_value();
                            go.get_future().wait();
                          }));
  held.get_future().wait();
  for (int i = 0; i < 9; ++i)
    ASSERT_FALSE(log.append({record("t", "", "x", 0)}, durability::synced, {}));
  answer<result<std::vector<std::int64_t>>> last;
  ASSERT_FALSE(log.append({record("t", "", "x", 0)}, durability::synced, last.callback()));
  EXPECT_EQ(log.append({record("t", "", "x", 0)}, durability::synced, {}).code, ec::queue_full);
  EXPECT_EQ(db->state().commit({0, {{"k", "v"}}, 1}, {}).code, ec::queue_full);
  EXPECT_EQ(
    log.append({record("t", "", std::string(2 << 20, 'x'), 0)}, durability::synced, {}).code,
    ec::too_large);
  go.set_value();
  // What was refused left no trace, and there is room again.
  ASSERT_TRUE(last.get());
  const auto offsets = append(log, {record("t", "", std::string(900 << 10, 'x'), 0)});
  ASSERT_TRUE(offsets);
  EXPECT_EQ(offsets->front(), 11);
  EXPECT_EQ(read_all(log, {"t", 0}).size(), 12U);
}

TEST(closing, writes_and_answers_what_is_queued) {
  temp_dir dir;
  std::atomic<int> kept{0};
  std::atomic<int> loads{0};
  {
    const auto db = open(small(dir.path()));
    ASSERT_FALSE(db->log().ensure_topic({"t", 1}));
    for (int i = 0; i < 1000; ++i) {
      ASSERT_FALSE(db->log().append({record("t", "", "x", 0)},
                                    i % 2 == 0 ? durability::relaxed : durability::synced,
                                    [&](const result<std::vector<std::int64_t>>& r) {
                                      if (r) ++kept;
                                    }));
      ASSERT_FALSE(db->state().commit({0, {{std::to_string(i), "v"}}, i}, {}));
    }
    ASSERT_FALSE(db->state().load(0, {"999"}, [&](const auto& r) { loads += r && (*r)[0]; }));
    db->log().commit("g", {"t", 0}, 77);
  }
  EXPECT_EQ(kept, 1000);
  EXPECT_EQ(loads, 1);
  const auto db = open(small(dir.path()));
  EXPECT_TRUE(db->lost().empty());
  EXPECT_EQ(db->log().range({"t", 0}).end, 1000);
  EXPECT_EQ(db->log().committed("g", {"t", 0}), 77);
  EXPECT_EQ(db->state().position(0), 999);
}

TEST(closing, ends_subscriptions_that_outlive_it) {
  temp_dir dir;
  auto db = open(small(dir.path()));
  ASSERT_FALSE(db->log().ensure_topic({"t", 1}));
  follower f(db->log(), {"t", 0}, 0, 10);
  ASSERT_TRUE(append(db->log(), {record("t", "", "x", 0)}));
  ASSERT_TRUE(f.reaches(1));
  db.reset();
  f.handle().grant(5);
  f.stop();
}

} // namespace

} // namespace riq::storage::test
