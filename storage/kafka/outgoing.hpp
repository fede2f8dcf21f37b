#pragma once
// What a producer's records are to its client.

#include <cstddef>

#include <librdkafka/rdkafka.h>

#include "storage/event_log.hpp"

namespace riq::storage::kafka {

/// In bytes, with what it takes beside its payload.
std::size_t size_of(const outgoing_record& r);

/// That the client takes of one record, as it is configured; 0 when it does not say.
std::size_t most_bytes_of(rd_kafka_t* client);

/// Null for none; they are the caller's until the client has taken the record.
rd_kafka_headers_t* headers_of(const outgoing_record& r);

/// Whether the client as a whole failed, and the record with it.
bool client_failed(rd_kafka_resp_err_t code);

} // namespace riq::storage::kafka
