// Torn and damaged files: reported with file and offset, or recovered from.

#include "tests/storage/support.hpp"

#include <algorithm>
#include <fstream>

namespace riq::storage::test {

namespace {

namespace fs = std::filesystem;

/// The largest file with this extension.
fs::path largest(const fs::path& directory, const std::string& extension) {
  fs::path found;
  for (const auto& entry : fs::directory_iterator(directory))
    if (entry.path().extension() == extension &&
        (found.empty() || entry.file_size() > fs::file_size(found)))
      found = entry.path();
  return found;
}

void flip(const fs::path& file, std::uint64_t offset) {
  std::fstream f(file, std::ios::in | std::ios::out | std::ios::binary);
  f.seekg(static_cast<std::streamoff>(offset));
  const auto byte = static_cast<char>(f.get() ^ 0x20);
  f.seekp(static_cast<std::streamoff>(offset));
  f.put(byte);
}

std::string noise(int seed, std::size_t size) {
  std::string out(size, '\0');
  auto x = static_cast<std::uint64_t>(seed) * 2 + 1;
  for (auto& c : out)
    c = static_cast<char>((x = x * 6364136223846793005U + 1442695040888963407U) >> 56);
  return out;
}

class corruption : public testing::Test {
 protected:
  /// 300 records of 1000 bytes, each synced for itself: they lie in the write-ahead log.
  void fill() {
    const auto db = open(small(dir_.path()));
    ASSERT_FALSE(db->log().ensure_topic({"t", 1}));
    for (int i = 0; i < 300; ++i) {
      ASSERT_TRUE(append(db->log(), {record("t", std::to_string(i), noise(i, 1000), 0)}));
      ASSERT_FALSE(commit(db->state(), {0, {{"k", std::to_string(i)}}, i + 1}));
    }
  }
  /// The records there are the first ones, whole, and the state is not ahead of them.
  std::size_t prefix(embedded::database& db) {
    const auto all = read_all(db.log(), {"t", 0});
    for (std::size_t i = 0; i < all.size(); ++i) {
      EXPECT_EQ(all[i].offset, static_cast<std::int64_t>(i));
      EXPECT_EQ(all[i].value, noise(static_cast<int>(i), 1000));
    }
    EXPECT_LE(db.state().position(0), static_cast<std::int64_t>(all.size()));
    return all.size();
  }
  temp_dir dir_;
};

TEST_F(corruption, a_torn_log_is_recovered_up_to_the_tear_wherever_it_is) {
  fill();
  const auto wal = largest(dir_.path(), ".log");
  const auto size = fs::file_size(wal);
  for (const auto left : {size - 1, size - 500, size - 1100, size * 2 / 3, size / 3, size / 7}) {
    temp_dir copy;
    fs::copy(dir_.path(), copy.path(),
             fs::copy_options::recursive | fs::copy_options::overwrite_existing);
    fs::resize_file(copy.path() / wal.filename(), left);
    const auto db = open(small(copy.path()));
    const auto kept = prefix(*db);
    EXPECT_LE(kept, 300U);
    EXPECT_GT(kept, 300 * left / size - 40);
    ASSERT_FALSE(db->lost().empty());
    EXPECT_NE(db->lost()[0].find(wal.filename().string()), std::string::npos);
    EXPECT_NE(db->lost()[0].find("offset"), std::string::npos);
    // It goes on from there.
    const auto offsets = append(db->log(), {record("t", "", "more", 0)});
    ASSERT_TRUE(offsets);
    EXPECT_EQ(offsets->front(), static_cast<std::int64_t>(kept));
  }
}

TEST_F(corruption, damage_in_the_middle_of_the_log_is_refused_with_file_and_offset) {
  fill();
  const auto wal = largest(dir_.path(), ".log");
  const auto at = fs::file_size(wal) / 2;
  flip(wal, at);
  const auto refused = embedded::database::open(small(dir_.path()));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ec::corrupt);
  const auto& detail = refused.error().detail;
  EXPECT_NE(detail.find(wal.string()), std::string::npos) << detail;
  const auto named = detail.find("offset ");
  ASSERT_NE(named, std::string::npos) << detail;
  const auto offset = std::stoull(detail.substr(named + 7));
  EXPECT_LE(offset, at + 7);
  EXPECT_GT(offset, at - 2200);
  // A second look says the same: nothing was changed.
  EXPECT_EQ(embedded::database::open(small(dir_.path())).error().detail, detail);
}

TEST_F(corruption, repair_keeps_what_is_whole_in_the_log) {
  fill();
  const auto wal = largest(dir_.path(), ".log");
  flip(wal, fs::file_size(wal) / 2);
  auto o = small(dir_.path());
  o.repair = true;
  std::int64_t end = 0;
  {
    const auto db = open(o);
    ASSERT_FALSE(db->lost().empty());
    EXPECT_NE(db->lost()[0].find(wal.filename().string()), std::string::npos);
    const auto all = read_all(db->log(), {"t", 0});
    EXPECT_GE(all.size(), 200U);
    for (const auto& r : all) EXPECT_EQ(r.value, noise(std::stoi(r.key), 1000));
    end = db->log().range({"t", 0}).end;
    EXPECT_GE(end, db->state().position(0));
  }
  const auto db = open(small(dir_.path()));
  EXPECT_EQ(db->log().range({"t", 0}).end, end);
  EXPECT_TRUE(append(db->log(), {record("t", "", "more", 0)}));
}

class damaged_table : public corruption {
 protected:
  void SetUp() override {
    // More than the write buffers hold, so that table files are made.
    const auto db = open(small(dir_.path()));
    ASSERT_FALSE(db->log().ensure_topic({"t", 1}));
    for (int i = 0; i < 24'000; ++i)
      ASSERT_FALSE(db->log().append({record("t", std::to_string(i), noise(i, 1000), 0)},
                                    durability::relaxed, {}));
    ASSERT_TRUE(append(db->log(), {}));
  }
};

TEST_F(damaged_table, is_reported_with_file_and_offset_when_it_is_read) {
  const auto table = largest(dir_.path(), ".sst");
  ASSERT_FALSE(table.empty());
  flip(table, fs::file_size(table) / 2);
  const auto db = open(small(dir_.path()));
  follower f(db->log(), {"t", 0}, 0, 1 << 20);
  ASSERT_TRUE(f.fails());
  EXPECT_EQ(f.failure().code, ec::corrupt);
  EXPECT_NE(f.failure().detail.find(table.filename().string()), std::string::npos)
    << f.failure().detail;
  EXPECT_NE(f.failure().detail.find("offset"), std::string::npos);
  std::int64_t next = 0; // what precedes the damage was delivered whole
  for (const auto& r : f.records()) {
    EXPECT_EQ(r.offset, next);
    EXPECT_EQ(r.value, noise(static_cast<int>(next++), 1000));
  }
}

TEST_F(damaged_table, repair_keeps_its_whole_blocks) {
  const auto table = largest(dir_.path(), ".sst");
  flip(table, fs::file_size(table) / 2);
  auto o = small(dir_.path());
  o.repair = true;
  std::size_t kept = 0;
  {
    const auto db = open(o);
    const auto& lost = db->lost();
    EXPECT_TRUE(std::any_of(lost.begin(), lost.end(), [&](const std::string& s) {
      return s.find(table.filename().string()) != std::string::npos;
    }));
    const auto all = read_all(db->log(), {"t", 0});
    kept = all.size();
    EXPECT_LT(kept, 24'000U);
    EXPECT_GT(kept, 23'000U);
    for (const auto& r : all) EXPECT_EQ(r.value, noise(std::stoi(r.key), 1000));
    EXPECT_EQ(db->log().range({"t", 0}).end, 24'000);
  }
  const auto db = open(small(dir_.path()));
  EXPECT_EQ(read_all(db->log(), {"t", 0}).size(), kept);
}

TEST_F(damaged_table, cut_off_is_refused_with_the_file) {
  const auto table = largest(dir_.path(), ".sst");
  fs::resize_file(table, fs::file_size(table) / 2);
  const auto db = embedded::database::open(small(dir_.path()));
  ASSERT_FALSE(db);
  EXPECT_EQ(db.error().code, ec::corrupt);
  EXPECT_NE(db.error().detail.find(table.filename().string()), std::string::npos)
    << db.error().detail;
  auto o = small(dir_.path());
  o.repair = true;
  const auto repaired = open(o);
  EXPECT_FALSE(repaired->lost().empty());
  for (const auto& r : read_all(repaired->log(), {"t", 0}))
    EXPECT_EQ(r.value, noise(std::stoi(r.key), 1000));
  EXPECT_TRUE(append(repaired->log(), {record("t", "", "more", 0)}));
}

} // namespace

} // namespace riq::storage::test
