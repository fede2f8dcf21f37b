#pragma once
// Records of the event log as they are delivered, and wake-ups as the state store lists them: what
// the ports of storage/ hand to the actors.

#include <compare>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace riq {

struct topic_partition {
  std::string topic;
  std::int32_t partition = 0;
  auto operator<=>(const topic_partition&) const = default;
};

using record_headers = std::vector<std::pair<std::string, std::string>>;

struct log_record {
  std::int64_t offset = 0;    ///< ascending within a partition, gaps allowed
  std::int64_t timestamp = 0; ///< epoch milliseconds
  std::string key;
  std::string value;
  record_headers headers;
  bool tombstone = false;
};

struct record_batch {
  topic_partition from;
  std::vector<log_record> records; ///< ascending offsets; may be empty (only `next` moved)
  std::int64_t next = 0;           ///< the offset that follows the batch
  std::int64_t end = 0; ///< the partition's end when the batch was read; lag = end - next
};

/// A wake-up: at `due` (epoch milliseconds, engine time) `key` wants to be woken.
struct due_entry {
  std::int64_t due = 0;
  std::string key;
  auto operator<=>(const due_entry&) const = default;
};

} // namespace riq
