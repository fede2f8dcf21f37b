#pragma once
// What a producer's records are to its client.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include <librdkafka/rdkafka.h>

#include "storage/event_log.hpp"

namespace riq::storage::kafka {

/// In bytes, with what it takes beside its payload.
std::size_t size_of(const outgoing_record& r);

/// That the client takes of one record, as it is configured; 0 when it does not say.
std::size_t most_bytes_of(rd_kafka_t* client);

/// Null for none; they are the caller's until the client has taken the record.
rd_kafka_headers_t* headers_of(const outgoing_record& r);

/// What `produce` takes of a record.
struct record_parts {
  std::string_view key;
  std::optional<std::string_view> value; ///< none: a tombstone
  rd_kafka_headers_t* headers =
    nullptr;                  ///< `produce` frees them when the client does not take them
  std::int64_t timestamp = 0; ///< in ms, 0: now
  bool copied = false;        ///< else key and value stay what and where they are until the report
};

/// Hands the client a record, of which it reports with `opaque`.
rd_kafka_resp_err_t produce(rd_kafka_t* client, rd_kafka_topic_t* to, std::int32_t partition,
                            const record_parts& record, void* opaque);

/// Whether the client as a whole failed, and the record with it.
bool client_failed(rd_kafka_resp_err_t code);

} // namespace riq::storage::kafka
