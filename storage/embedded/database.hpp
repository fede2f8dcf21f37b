#pragma once
// The embedded adapter: one RocksDB in the process holds the event log and the state store, and one
// write-ahead log keeps both in order, so that after a crash the state is never ahead of the log.
//
// Lifecycle: `open` blocks until the directory is recovered and starts the threads. The destructor
// ends every subscription, writes and syncs what is queued, answers all that waits and stops the
// threads; it must not run within a callback. Subscriptions may outlive it (they get nothing more).
//
// Threads: one writer, `readers` readers, one for upkeep, and RocksDB's own. A sink runs on the
// writer, on a reader, or on the thread that calls `append` or `grant`; all other callbacks run on
// the writer or on a reader.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "messages/error.hpp"
#include "storage/event_log.hpp"
#include "storage/state_store.hpp"

namespace riq::storage::embedded {

struct options {
  /// The data directory; made if it is missing.
  std::filesystem::path path;

  /// Whether synced appends wait for the disk. Without it a power failure may take back what was
  /// acknowledged; a crash of the process alone still takes nothing.
  bool sync = true;

  /// Recover what can be recovered from damaged files, instead of refusing to open them.
  bool repair = false;

  /// Bounds of the write queue, beyond which writes are refused with `ec::queue_full`.
  std::size_t queue_bytes = std::size_t{64} << 20;
  std::size_t queue_records = 262'144;

  /// How many loads, scans and due queries may wait for a reader.
  std::size_t read_requests = 65'536;

  /// Newest bytes of each partition that are kept in memory for its followers.
  std::size_t tail_bytes = std::size_t{256} << 10;

  /// RocksDB's block cache together with its write buffers (three eighths of it).
  std::size_t memory_bytes = std::size_t{256} << 20;

  /// Threads for state loads and for followers behind the tail.
  unsigned readers = 2;

  /// Writes are refused with `ec::disk_full` when less than this would be left on the file system,
  /// so that RocksDB can still flush, compact and delete.
  std::uint64_t reserve_bytes = std::uint64_t{64} << 20;

  /// How often retention, compaction and the space that is used are looked at.
  std::chrono::milliseconds upkeep_interval{10'000};

  /// The longest that something written without a sync waits for one.
  std::chrono::milliseconds lazy_sync_interval{1'000};

  /// How long a compacted topic keeps a tombstone that some group may not have read yet, and at
  /// most (from the process's start) a record that was replaced.
  std::chrono::milliseconds tombstone_delay{24 * 3'600'000};

  /// A compacted partition is cleaned when the bytes appended since the last time exceed this and
  /// half of what that left.
  std::uint64_t compaction_bytes = std::uint64_t{1} << 20;

  /// Epoch milliseconds that retention goes by; empty: the system's clock.
  std::function<std::int64_t()> now_ms;
};

class database {
 public:
  /// Errors: `ec::conflict` when another process has the directory open or a newer version wrote
  /// it, `ec::corrupt` with the damaged file and, where known, the offset, `ec::disk_full`,
  /// `ec::storage` when the directory cannot be made or written.
  static result<std::unique_ptr<database>> open(options settings);

  database(const database&) = delete;
  database& operator=(const database&) = delete;
  ~database();

  event_log& log();
  state_store& state();

  /// What opening could not keep, a sentence each with file and offset: the torn end that a crash
  /// leaves, and with `repair` whatever was damaged. Empty when all was whole.
  const std::vector<std::string>& lost() const;

  /// Runs retention and compaction now, measures what they leave, and returns. Blocks.
  error upkeep();

 private:
  struct parts;
  explicit database(std::unique_ptr<parts> p);
  std::unique_ptr<parts> parts_;
};

} // namespace riq::storage::embedded
