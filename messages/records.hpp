#pragma once
// Records of the event log as they are delivered, and wake-ups as the state store lists them: what
// the ports of storage/ hand to the actors.

#include <charconv>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
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

/// The value of the first header of that name, empty when there is none.
inline std::string_view first_header(const log_record& record, std::string_view name) {
  for (const auto& [key, value] : record.headers)
    if (key == name) return value;
  return {};
}

/// Of the last one: what the project adds stands behind the headers of the original.
inline std::string_view last_header(const log_record& record, std::string_view name) {
  for (auto h = record.headers.rbegin(); h != record.headers.rend(); ++h)
    if (h->first == name) return h->second;
  return {};
}

/// The number that the first header of that name begins with; `otherwise` without one.
inline std::int64_t header_number(const log_record& record, std::string_view name,
                                  std::int64_t otherwise) {
  const auto text = first_header(record, name);
  std::from_chars(text.data(), text.data() + text.size(), otherwise);
  return otherwise;
}

struct record_batch {
  topic_partition from;
  std::vector<log_record> records; ///< ascending offsets; may be empty (only `next` moved)
  std::int64_t next = 0;           ///< the offset that follows the batch
  std::int64_t end = 0; ///< the partition's end when the batch was read; lag = end - next
};

/// Half-open range of offsets that a partition holds.
struct offset_range {
  std::int64_t begin = 0;
  std::int64_t end = 0;
};

/// A wake-up: at `due` (epoch milliseconds, engine time) `key` wants to be woken.
struct due_entry {
  std::int64_t due = 0;
  std::string key;
  auto operator<=>(const due_entry&) const = default;
};

} // namespace riq
