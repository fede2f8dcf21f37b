// A full disk: a small tmpfs that the test mounts, which takes root.

#include "tests/storage/support.hpp"

#include <atomic>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <map>
#include <thread>

#include <sys/mount.h>
#include <unistd.h>

namespace riq::storage::test {

namespace {

class disk_full : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "mounting a small file system takes root";
    if (::mount("tmpfs", dir_.path().c_str(), "tmpfs", 0, "size=64m") != 0)
      GTEST_SKIP() << "no small file system can be mounted: " << std::strerror(errno);
    mounted_ = true;
  }
  void TearDown() override {
    db_.reset();
    if (mounted_) ::umount(dir_.path().c_str());
  }
  void start(std::uint64_t reserve) {
    auto o = small(dir_.path() / "data");
    o.reserve_bytes = reserve;
    db_ = open(o);
    ASSERT_FALSE(db_->log().ensure_topic({"t", 1}));
  }
  /// Takes all space but `left` bytes.
  void take_space(std::uint64_t left) {
    const auto space = std::filesystem::space(dir_.path()).available;
    std::ofstream f(dir_.path() / "ballast", std::ios::binary | std::ios::app);
    const std::string block(4096, 'x');
    for (std::uint64_t i = 0; i + left < space; i += block.size()) f << block;
  }
  void free_space() { std::filesystem::remove(dir_.path() / "ballast"); }

  void wait_until_healthy() {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (db_->log().health() && std::chrono::steady_clock::now() < end) std::this_thread::yield();
    ASSERT_FALSE(db_->log().health()) << db_->log().health().detail;
  }

  /// Fills the disk while appending, then frees it; all that was kept is there, nothing else is.
  void fill_and_free() {
    std::map<std::int64_t, std::string> kept;
    const auto add = [&](const std::string& value) -> ec {
      const auto r = append(db_->log(), {record("t", "", value + std::string(20'000, 'v'), 0),
                                         record("t", "", value + std::string(100, 'w'), 0)});
      if (!r) return r.error().code;
      kept[(*r)[0]] = value + std::string(20'000, 'v');
      kept[(*r)[1]] = value + std::string(100, 'w');
      return ec::none;
    };
    ASSERT_EQ(add("before"), ec::none);
    take_space(6 << 20);
    auto outcome = ec::none;
    for (int i = 0; outcome == ec::none && i < 5000; ++i) outcome = add(std::to_string(i));
    EXPECT_EQ(outcome, ec::disk_full);
    EXPECT_EQ(db_->log().health().code, ec::disk_full);
    EXPECT_EQ(db_->log().append({record("t", "", "x", 0)}, durability::relaxed, {}).code,
              ec::disk_full);
    EXPECT_EQ(db_->state().commit({0, {{"k", "v"}}, 1}, {}).code, ec::disk_full);
    free_space();
    wait_until_healthy();
    for (int i = 0; i < 20; ++i) ASSERT_EQ(add("after" + std::to_string(i)), ec::none);
    ASSERT_FALSE(commit(db_->state(), {0, {{"k", "v"}}, 1}));
    for (int life = 0; life < 2; ++life) {
      const auto all = read_all(db_->log(), {"t", 0});
      ASSERT_EQ(all.size(), kept.size());
      for (const auto& r : all) {
        ASSERT_TRUE(kept.contains(r.offset));
        EXPECT_EQ(r.value, kept[r.offset]);
      }
      db_.reset();
      start(1 << 20);
    }
  }

  temp_dir dir_;
  bool mounted_ = false;
  std::unique_ptr<embedded::database> db_;
};

TEST_F(disk_full, is_noticed_before_rocksdb_stumbles) {
  start(4 << 20);
  fill_and_free();
}

TEST_F(disk_full, is_survived_when_rocksdb_stumbles) {
  start(0);
  fill_and_free();
}

TEST_F(disk_full, keeps_relaxed_records_that_followers_have_seen) {
  start(4 << 20);
  auto& log = db_->log();
  follower f(log, {"t", 0}, 0, 1 << 20);
  // The writer is held while the disk fills up and records queue.
  std::promise<void> held, go;
  ASSERT_FALSE(log.append({record("t", "", "0", 0)}, durability::relaxed,
                          [&](const result<std::vector<std::int64_t>>&) {
                            held.set_value();
                            go.get_future().wait();
                          }));
  held.get_future().wait();
  take_space(1 << 20);
  answer<result<std::vector<std::int64_t>>> relaxed, synced, behind;
  ASSERT_FALSE(log.append({record("t", "", "1", 0)}, durability::relaxed, relaxed.callback()));
  ASSERT_FALSE(log.append({record("t", "", "2", 0)}, durability::synced, synced.callback()));
  ASSERT_FALSE(log.append({record("t", "", "3", 0)}, durability::relaxed, behind.callback()));
  log.commit("g", {"t", 0}, 2);
  go.set_value();
  EXPECT_EQ(synced.get().error().code, ec::disk_full);
  ASSERT_TRUE(f.reaches(4));
  free_space();
  ASSERT_TRUE(relaxed.get());
  ASSERT_TRUE(behind.get());
  wait_until_healthy();
  for (int life = 0; life < 2; ++life) {
    std::string values;
    for (const auto& r : read_all(db_->log(), {"t", 0})) values += r.value;
    EXPECT_EQ(values, "013");
    EXPECT_EQ(db_->log().committed("g", {"t", 0}), 2);
    EXPECT_EQ(db_->log().range({"t", 0}).end, 4);
    if (life == 0) {
      f.stop();
      db_.reset();
      start(1 << 20);
    }
  }
}

TEST_F(disk_full, no_follower_passes_offsets_that_were_given_up_at_the_end) {
  start(4 << 20);
  auto& log = db_->log();
  ASSERT_TRUE(append(log, {record("t", "", "0", 0)}));
  follower f(log, {"t", 0}, 0, 1 << 20);
  ASSERT_TRUE(f.reaches(1));
  take_space(1 << 20);
  EXPECT_EQ(append(log, {record("t", "", "lost", 0)}).error().code, ec::disk_full);
  EXPECT_EQ(log.range({"t", 0}).end, 1);
  free_space();
  wait_until_healthy();
  const auto offsets = append(log, {record("t", "", "2", 0)});
  ASSERT_TRUE(offsets);
  ASSERT_TRUE(f.reaches(offsets->front() + 1));
  ASSERT_EQ(f.records().size(), 2U);
  EXPECT_EQ(f.records()[1].value, "2");
  EXPECT_EQ(log.range({"t", 0}).end, offsets->front() + 1);
}

} // namespace

} // namespace riq::storage::test
