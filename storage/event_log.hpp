#pragma once
// The event log port: topics with partitions, appended to and followed by offset. Nothing above
// this header knows which adapter runs, or whether the log is in this process.
//
// Threading: every method may be called from any thread and none blocks on I/O. Callbacks run on
// threads of the adapter (or, where said, on the caller's); they must not block and must not throw.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "messages/error.hpp"
#include "messages/records.hpp"

namespace riq::storage {

/// How safe an append is before its `done` is called. `relaxed` is for what can be derived again
/// from something synced; it may be lost in a crash, but never without all that was committed after
/// it, to the log or to the state store.
enum class durability : std::uint8_t { relaxed, synced };

using riq::log_record;
using riq::offset_range;
using riq::record_batch;
using riq::record_headers;
using riq::topic_partition;

struct outgoing_record {
  std::string topic;
  std::string key;   ///< decides the partition unless that is given
  std::string value; ///< empty with `tombstone`: deletes the key from a compacted topic
  record_headers headers;
  std::int64_t timestamp = 0;  ///< epoch milliseconds
  std::int32_t partition = -1; ///< -1: `partition_of(key)`
  bool tombstone = false;
};

struct topic_options {
  std::string name;
  std::int32_t partitions = 1;
  bool compacted = false;            ///< keep the newest record of each key, and no retention
  std::uint64_t retention_bytes = 0; ///< for each partition; 0: no bound
  std::int64_t retention_ms = 0;     ///< since the append, by the clock; 0: no bound. Of a
                                     ///< compacted topic: how long tombstones stay at least
};

/// Follows one partition. Destroying it ends the subscription: no callback runs afterwards.
class subscription {
 public:
  virtual ~subscription() = default;

  /// Allows that many more records to be delivered. A subscription starts with no credit.
  virtual void grant(std::size_t records) = 0;
};

/// Receives batches in offset order, one at a time for each subscription. A failure to read
/// arrives as an error once, and ends the subscription. It may run within `append` and `grant`, on
/// the thread that calls them; it may call both itself, and destroy its own subscription.
using batch_sink = std::function<void(result<record_batch>)>;

/// The offsets that the records got, in their order, or why none was kept.
using append_done = std::function<void(result<std::vector<std::int64_t>>)>;

/// What partitions hold, in the order in which they were asked for, or why that is not known.
using ranges_done = std::function<void(result<std::vector<offset_range>>)>;

class event_log {
 public:
  virtual ~event_log() = default;

  /// Makes the topic if it is missing. A topic that exists with another number of partitions is
  /// `ec::conflict`: keys would move between users' shards. Blocks: for start-up only.
  virtual error ensure_topic(const topic_options& topic) = 0;

  /// The number of partitions, 0 for an unknown topic.
  virtual std::int32_t partitions(std::string_view topic) const = 0;

  /// Kafka's murmur2 partitioner, so that any Kafka client's records land in the same place.
  virtual std::int32_t partition_of(std::string_view topic, std::string_view key) const = 0;

  /// Appends all the records, or fails: then the embedded log has kept none, another may have kept
  /// some. Records of one call to one partition get consecutive places while nobody else appends
  /// there. Two calls from one thread with the same `safety` keep their order in each partition,
  /// and so do their `done`s when all is of one partition. `done` is called exactly once, when the
  /// records are as durable as asked; it may be empty. Fails at once, and then does not call
  /// `done`, with `ec::queue_full` when the bounded queue has no room, `ec::disk_full` while the
  /// disk is full, `ec::too_large` when it never takes as much.
  virtual error append(std::vector<outgoing_record> records, durability safety,
                       append_done done) = 0;

  /// Starts to deliver from offset `from` (or the oldest kept, if that is newer) whatever is or
  /// becomes readable. A synced append is readable once it is durable, a relaxed one soon.
  virtual std::unique_ptr<subscription> subscribe(topic_partition where, std::int64_t from,
                                                  batch_sink sink) = 0;

  /// As far as is known: of a log elsewhere, what was read, appended or asked for at the start.
  virtual offset_range range(const topic_partition& where) const = 0;

  /// The same as of now, wherever the log is. `done` is called exactly once; a log of this process
  /// calls it before this returns.
  virtual void ask_ranges(std::vector<topic_partition> where, ranges_done done) {
    std::vector<offset_range> out;
    out.reserve(where.size());
    for (const auto& w : where) out.push_back(range(w));
    done(std::move(out));
  }

  /// Remembers, lazily, that the consumer group needs nothing before `next`. The caller knows that
  /// what it derived from there is stored.
  virtual void commit(std::string_view group, const topic_partition& where, std::int64_t next) = 0;

  /// What `commit` last remembered, -1 when nothing.
  virtual std::int64_t committed(std::string_view group, const topic_partition& where) const = 0;

  /// Forgets what other groups than these have committed in the topic: one that is gone for good
  /// would hold on to its records for ever.
  virtual void keep_groups(std::string_view topic, const std::vector<std::string>& groups) = 0;

  /// Tells this log's records from those of any other log, also of one that comes in its place; the
  /// same after a restart, and on all nodes that share it. Known once a topic was made sure of.
  virtual std::string identity() const = 0;

  /// Empty while all is well, else why appends fail; for the health page.
  virtual error health() const = 0;
};

} // namespace riq::storage
