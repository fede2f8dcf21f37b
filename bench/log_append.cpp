// Durable appends to the embedded log against bare synced RocksDB writes of the same records, in
// the same run on the same disk, and how fast followers catch up.
//
//   log_append [directory] [seconds of each measurement]

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include "storage/embedded/database.hpp"

namespace {

using namespace riq::storage;
using clock_type = std::chrono::steady_clock;

constexpr std::size_t value_size = 200;
constexpr std::int32_t partitions = 16;

double seconds_since(clock_type::time_point start) {
  return std::chrono::duration<double>(clock_type::now() - start).count();
}

/// Records a second of `per_call` records in one synced RocksDB write, one write after the other.
double bare(const std::filesystem::path& directory, int per_call, double seconds) {
  rocksdb::Options o;
  o.create_if_missing = true;
  rocksdb::DB* raw = nullptr;
  if (!rocksdb::DB::Open(o, directory.string(), &raw).ok()) return 0;
  const std::unique_ptr<rocksdb::DB> db(raw);
  rocksdb::WriteOptions how;
  how.sync = true;
  const std::string value(value_size, 'v');
  std::uint64_t written = 0;
  const auto start = clock_type::now();
  while (seconds_since(start) < seconds) {
    rocksdb::WriteBatch batch;
    for (int i = 0; i < per_call; ++i) batch.Put(std::to_string(1'000'000'000 + written++), value);
    if (!db->Write(how, &batch).ok()) return 0;
  }
  return static_cast<double>(written) / seconds_since(start);
}

/// Keeps `in_flight` records in flight, `per_call` in a call.
double appends(event_log& log, int per_call, int in_flight, durability safety, double seconds) {
  std::mutex mutex;
  std::condition_variable changed;
  int open = 0;
  std::uint64_t kept = 0;
  const std::string value(value_size, 'v');
  std::uint64_t id = 0;
  const auto start = clock_type::now();
  while (seconds_since(start) < seconds) {
    for (int burst = 0; burst < 64; ++burst) {
      std::vector<outgoing_record> records(static_cast<std::size_t>(per_call));
      for (auto& r : records) {
        r.topic = "t";
        r.key = "user-" + std::to_string(id++ % 100'000);
        r.value = value;
      }
      {
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return open < in_flight; });
        open += per_call;
      }
      const auto refused = log.append(std::move(records), safety, [&, per_call](const auto& r) {
        const std::lock_guard lock(mutex);
        open -= per_call;
        if (r) kept += static_cast<std::uint64_t>(per_call);
        if (open <= in_flight / 2) changed.notify_one();
      });
      if (refused) {
        const std::lock_guard lock(mutex);
        open -= per_call;
      }
    }
  }
  std::unique_lock lock(mutex);
  changed.wait(lock, [&] { return open == 0; });
  return static_cast<double>(kept) / seconds_since(start);
}

struct percentiles {
  double p50 = 0;
  double p99 = 0;
};

percentiles of(std::vector<double> times) {
  std::sort(times.begin(), times.end());
  return {times[times.size() / 2], times[times.size() * 99 / 100]};
}

/// Milliseconds of one synced append after the other.
percentiles single(event_log& log, int times) {
  std::vector<double> taken;
  for (int i = 0; i < times; ++i) {
    std::promise<void> done;
    const auto start = clock_type::now();
    outgoing_record r{"t", "u", std::string(value_size, 'v'), {}, 0, -1, false};
    if (log.append({std::move(r)}, durability::synced, [&](const auto&) { done.set_value(); }))
      continue;
    done.get_future().wait();
    taken.push_back(seconds_since(start) * 1000);
  }
  return of(std::move(taken));
}

percentiles single_bare(const std::filesystem::path& directory, int times) {
  rocksdb::Options o;
  o.create_if_missing = true;
  rocksdb::DB* raw = nullptr;
  if (!rocksdb::DB::Open(o, directory.string(), &raw).ok()) return {};
  const std::unique_ptr<rocksdb::DB> db(raw);
  rocksdb::WriteOptions how;
  how.sync = true;
  std::vector<double> taken;
  for (int i = 0; i < times; ++i) {
    const auto start = clock_type::now();
    db->Put(how, std::to_string(i), std::string(value_size, 'v'));
    taken.push_back(seconds_since(start) * 1000);
  }
  return of(std::move(taken));
}

/// Records a second that followers of all partitions get from the oldest on.
double catch_up(event_log& log) {
  std::atomic<std::int64_t> left{0};
  std::atomic<std::uint64_t> got{0};
  std::promise<void> done;
  std::vector<std::unique_ptr<subscription>> all(partitions);
  std::vector<offset_range> ranges;
  for (std::int32_t p = 0; p < partitions; ++p) {
    ranges.push_back(log.range({"t", p}));
    left += ranges.back().end - ranges.back().begin;
  }
  const auto start = clock_type::now();
  for (std::int32_t p = 0; p < partitions; ++p) {
    const auto at = static_cast<std::size_t>(p);
    all[at] = log.subscribe({"t", p}, ranges[at].begin, [&, at](auto b) {
      if (!b) return;
      const auto count = b->records.size();
      got += count;
      if (left.fetch_sub(static_cast<std::int64_t>(count)) == static_cast<std::int64_t>(count))
        return done.set_value();
      all[at]->grant(count);
    });
  }
  for (auto& s : all) s->grant(10'000);
  done.get_future().wait();
  return static_cast<double>(got) / seconds_since(start);
}

void line(const char* what, double ours, double theirs) {
  std::printf("%-52s %10.0f /s   bare RocksDB %10.0f /s   ratio %6.2f\n", what, ours, theirs,
              theirs > 0 ? ours / theirs : 0);
}

} // namespace

int main(int argc, char** argv) {
  const std::filesystem::path root =
    argc > 1 ? argv[1] : std::filesystem::temp_directory_path() / "riq-log-append";
  const auto seconds = argc > 2 ? std::stod(argv[2]) : 3.0;
  std::filesystem::remove_all(root);
  std::filesystem::create_directories(root);
  embedded::options settings;
  settings.path = root / "log";
  auto db = embedded::database::open(settings);
  if (!db || (*db)->log().ensure_topic({"t", partitions})) {
    std::fprintf(stderr, "the database cannot be opened\n");
    return 1;
  }
  auto& log = (*db)->log();

  const auto one = bare(root / "bare-1", 1, seconds);
  const auto hundred = bare(root / "bare-100", 100, seconds);
  line("synced, calls of 1 record, 1000 in flight",
       appends(log, 1, 1000, durability::synced, seconds), one);
  line("the same, against writes of 100", appends(log, 1, 1000, durability::synced, seconds),
       hundred);
  line("synced, calls of 100 records, 10,000 in flight",
       appends(log, 100, 10'000, durability::synced, seconds), hundred);
  line("relaxed, calls of 1 record, 1000 in flight",
       appends(log, 1, 1000, durability::relaxed, seconds), hundred);
  const auto bare_times = single_bare(root / "bare-single", 500);
  const auto own_times = single(log, 500);
  std::printf("single synced append: p50 %.2f ms, p99 %.2f ms; bare RocksDB write: p50 %.2f ms, "
              "p99 %.2f ms; ratio of p50 %.2f\n",
              own_times.p50, own_times.p99, bare_times.p50, bare_times.p99,
              own_times.p50 / bare_times.p50);
  std::printf("catch-up of %d followers: %.0f records/s\n", partitions, catch_up(log));
  db->reset();
  std::filesystem::remove_all(root);
  return 0;
}
