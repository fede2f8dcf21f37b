#pragma once
// The layout of records in a batch: docs/formats-embedded.md, "Record batches". An encoded record
// does not name its offset, so that a caller's thread can encode it before it has one.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "messages/error.hpp"
#include "storage/event_log.hpp"

namespace riq::storage::embedded {

inline constexpr std::size_t batch_header_size = 26;

struct batch_header {
  std::uint32_t count = 0;   ///< records
  std::int64_t span = 0;     ///< the batch stands for offsets [base, base + span)
  std::int64_t appended = 0; ///< epoch milliseconds of our clock
};

/// A record that still lies in its batch.
struct record_view {
  std::int64_t offset = 0;
  std::int64_t timestamp = 0;
  std::string_view key;
  std::string_view value;
  std::string_view headers; ///< encoded
  bool tombstone = false;
};

/// Appends one record, to follow its predecessor without a gap.
void encode_record(std::string& out, const outgoing_record& record);

/// Appends a record that was decoded before, `gap` offsets after its predecessor's next.
void encode_record(std::string& out, const record_view& record, std::int64_t gap);

/// Takes the next record off `in`. `next` is the offset it has without a gap, and is moved behind
/// it. Nothing when the bytes are malformed.
std::optional<record_view> decode_record(std::string_view& in, std::int64_t& next);

/// The record with its own memory; nothing when its headers are malformed.
std::optional<log_record> materialise(const record_view& record);

/// The 26 bytes before the records; `crc` is that of the key, then of the header from byte 6 on,
/// then of the records.
std::string encode_header(const batch_header& header, std::uint32_t crc);

/// The bytes of the header that the checksum covers.
std::string checked_header(const batch_header& header);

/// Checks `value`, stored under `key` (see record_key), and takes the header off it. The error is
/// `ec::corrupt` and names `where` and the batch's offset.
result<batch_header> open_batch(std::string_view key, std::string_view& value,
                                const topic_partition& where);

error corrupt_batch(const topic_partition& where, std::int64_t offset, std::string_view why);

} // namespace riq::storage::embedded
