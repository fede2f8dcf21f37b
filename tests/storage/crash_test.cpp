// A child process appends and commits, and reports what was acknowledged through a pipe; it is
// killed at a random moment, and what it left must be whole.

#include "tests/storage/support.hpp"

#include <array>
#include <atomic>
#include <cstring>
#include <map>
#include <random>
#include <set>
#include <thread>

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace riq::storage::test {

namespace {

constexpr std::int32_t partitions = 3;

/// What the child tells of each acknowledged record. Small enough that a pipe takes it whole.
struct ack {
  std::uint64_t id;
  std::int64_t offset;
  std::int32_t partition;
  std::int32_t unused;
};

/// The child's life: source records, synced; from each a relaxed derived record, as an event
/// processor would; from those a state commit, as a shard would.
void live(const char* directory, int pipe, std::uint64_t first_id) {
  auto db = open(small(directory));
  auto& log = db->log();
  auto& state = db->state();
  if (log.ensure_topic({"source", partitions}) || log.ensure_topic({"derived", partitions}))
    std::abort();
  std::vector<std::unique_ptr<subscription>> all;
  std::array<subscription*, 2 * partitions> handles{};
  for (std::int32_t p = 0; p < partitions; ++p) {
    const auto at = static_cast<std::size_t>(p);
    all.push_back(log.subscribe(
      {"source", p}, std::max<std::int64_t>(log.committed("processor", {"source", p}), 0),
      [&, p, at](result<record_batch> b) {
        if (!b) std::abort();
        for (auto& r : b->records)
          (void)log.append({record("derived", std::to_string(r.offset), r.value, p)},
                           durability::relaxed, {});
        log.commit("processor", {"source", p}, b->next);
        handles[at]->grant(b->records.size());
      }));
    handles[at] = all.back().get();
    const auto second = at + partitions;
    all.push_back(log.subscribe({"derived", p}, std::max<std::int64_t>(state.position(p), 0),
                                [&, p, second](result<record_batch> b) {
                                  if (!b) std::abort();
                                  state_commit c{p, {}, b->next};
                                  for (auto& r : b->records)
                                    c.writes.push_back({r.value, std::to_string(r.offset)});
                                  (void)state.commit(std::move(c), {});
                                  handles[second]->grant(b->records.size());
                                }));
    handles[second] = all.back().get();
  }
  for (auto* h : handles) h->grant(1000);
  std::vector<std::thread> threads;
  for (std::uint64_t t = 0; t < 2; ++t)
    threads.emplace_back([&, t] {
      std::mt19937_64 random(first_id + t);
      for (std::uint64_t id = first_id + t;;) {
        std::vector<outgoing_record> call;
        std::vector<ack> acks;
        const auto count = 1 + random() % 8;
        for (std::uint64_t i = 0; i < count; ++i, id += 2) {
          const auto p = static_cast<std::int32_t>(random() % partitions);
          call.push_back(record("source", "", std::to_string(id), p));
          acks.push_back({id, 0, p, 0});
        }
        const auto refused =
          log.append(std::move(call), durability::synced,
                     [acks, pipe](const result<std::vector<std::int64_t>>& r) mutable {
                       if (!r) return;
                       for (std::size_t i = 0; i < acks.size(); ++i) acks[i].offset = (*r)[i];
                       if (::write(pipe, acks.data(), acks.size() * sizeof(ack)) < 0) std::abort();
                     });
        if (refused) std::this_thread::yield();
      }
    });
  for (auto& t : threads) t.join();
}

/// Runs within the child only: crash.loses_nothing starts it.
TEST(crash, DISABLED_child) {
  const char* directory = std::getenv("RIQ_CRASH_DIRECTORY");
  if (directory == nullptr) GTEST_SKIP() << "runs as a child of another test";
  live(directory, std::stoi(std::getenv("RIQ_CRASH_PIPE")),
       std::stoull(std::getenv("RIQ_CRASH_FIRST_ID")));
}

/// Starts the child, kills it after it acknowledged `enough` records and `grace` more passed.
std::vector<ack> one_life(const std::filesystem::path& directory, std::uint64_t first_id,
                          std::size_t enough, std::chrono::microseconds grace) {
  int ends[2];
  if (::pipe(ends) != 0) std::abort();
  const auto pipe = std::to_string(ends[1]);
  const auto first = std::to_string(first_id);
  const auto child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    ::setenv("RIQ_CRASH_DIRECTORY", directory.c_str(), 1);
    ::setenv("RIQ_CRASH_PIPE", pipe.c_str(), 1);
    ::setenv("RIQ_CRASH_FIRST_ID", first.c_str(), 1);
    ::execl("/proc/self/exe", "storage_test", "--gtest_also_run_disabled_tests",
            "--gtest_filter=crash.DISABLED_child", "--gtest_brief=1", nullptr);
    ::_exit(127);
  }
  ::close(ends[1]);
  std::vector<ack> acks;
  std::string bytes;
  std::array<char, 65536> buffer;
  auto killed = false;
  for (;;) {
    const auto got = ::read(ends[0], buffer.data(), buffer.size());
    if (got <= 0) break;
    bytes.append(buffer.data(), static_cast<std::size_t>(got));
    if (!killed && bytes.size() / sizeof(ack) >= enough) {
      killed = true;
      std::thread([child, grace] {
        std::this_thread::sleep_for(grace);
        ::kill(child, SIGKILL);
      }).detach();
    }
  }
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status)) << "the child ended by itself: " << status;
  acks.resize(bytes.size() / sizeof(ack));
  std::memcpy(acks.data(), bytes.data(), acks.size() * sizeof(ack));
  return acks;
}

/// What is acknowledged so far, checked against what the directory holds.
void check(const std::filesystem::path& directory, const std::map<std::uint64_t, ack>& acked) {
  const auto db = open(small(directory));
  std::set<std::uint64_t> seen;
  std::map<std::pair<std::int32_t, std::int64_t>, std::uint64_t> source;
  for (std::int32_t p = 0; p < partitions; ++p) {
    std::int64_t expected = 0;
    for (const auto& r : read_all(db->log(), {"source", p})) {
      const auto id = std::stoull(r.value);
      EXPECT_EQ(r.offset, expected++) << "offsets of partition " << p << " are not dense";
      EXPECT_TRUE(seen.insert(id).second) << "record " << id << " is there twice";
      source[{p, r.offset}] = id;
    }
    EXPECT_EQ(db->log().range({"source", p}).end, expected);
    // A derived record is never without its source, nor the state without its derived record.
    std::vector<log_record> derived = read_all(db->log(), {"derived", p});
    for (const auto& r : derived) {
      const auto from = source.find({p, std::stoll(r.key)});
      ASSERT_NE(from, source.end()) << "derived from a record that is lost";
      EXPECT_EQ(from->second, std::stoull(r.value));
    }
    EXPECT_LE(db->log().committed("processor", {"source", p}), expected);
    const auto position = db->state().position(p);
    EXPECT_LE(position, db->log().range({"derived", p}).end) << "the state is ahead of the log";
    for (std::int64_t i = 0; i < position; i += 97) {
      const auto& r = derived[static_cast<std::size_t>(i)];
      EXPECT_TRUE((*load(db->state(), p, {r.value}))[0]) << "the state lacks what it applied";
    }
  }
  for (const auto& [id, a] : acked) {
    const auto found = source.find({a.partition, a.offset});
    ASSERT_NE(found, source.end()) << "acknowledged record " << id << " is lost";
    ASSERT_EQ(found->second, id) << "another record has the offset of " << id;
  }
}

TEST(crash, loses_nothing_that_was_acknowledged) {
  temp_dir dir;
  std::map<std::uint64_t, ack> acked;
  std::mt19937 random(std::random_device{}());
  std::uint64_t first_id = 0;
  for (int round = 0; round < 50 && !HasFailure(); ++round) {
    const auto acks = one_life(dir.path(), first_id, 1 + random() % 2000,
                               std::chrono::microseconds(random() % 20'000));
    for (const auto& a : acks) acked[a.id] = a;
    first_id += 100'000'000;
    check(dir.path(), acked);
  }
  EXPECT_GT(acked.size(), 50U);
}

} // namespace

} // namespace riq::storage::test
