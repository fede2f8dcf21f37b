#include "storage/kafka/outgoing.hpp"

#include <charconv>
#include <cstring>

#include "storage/kafka/client.hpp"

namespace riq::storage::kafka {

namespace {

// What a record takes beside its payload.
constexpr std::size_t record_overhead = 128;

} // namespace

std::size_t size_of(const outgoing_record& r) {
  std::size_t bytes = record_overhead + r.key.size() + r.value.size();
  for (const auto& [name, value] : r.headers) bytes += name.size() + value.size();
  return bytes;
}

rd_kafka_resp_err_t produce(rd_kafka_t* client, rd_kafka_topic_t* to, std::int32_t partition,
                            const record_parts& record, void* opaque) {
  rd_kafka_vu_t parts[8];
  std::size_t n = 0;
  const auto next = [&](rd_kafka_vtype_t type) -> auto& {
    parts[n].vtype = type;
    return parts[n++].u;
  };
  const auto bytes = [&](rd_kafka_vtype_t type, std::string_view text) {
    auto& part = next(type).mem;
    part.ptr = const_cast<char*>(text.data()); // also of an empty value: null would be a tombstone
    part.size = text.size();
  };
  next(RD_KAFKA_VTYPE_RKT).rkt = to;
  next(RD_KAFKA_VTYPE_PARTITION).i32 = partition;
  if (record.copied) next(RD_KAFKA_VTYPE_MSGFLAGS).i = RD_KAFKA_MSG_F_COPY;
  if (record.value) bytes(RD_KAFKA_VTYPE_VALUE, *record.value);
  bytes(RD_KAFKA_VTYPE_KEY, record.key);
  if (record.timestamp != 0) next(RD_KAFKA_VTYPE_TIMESTAMP).i64 = record.timestamp;
  next(RD_KAFKA_VTYPE_OPAQUE).ptr = opaque;
  if (record.headers != nullptr) next(RD_KAFKA_VTYPE_HEADERS).headers = record.headers;
  const error_handle failed{rd_kafka_produceva(client, parts, n)};
  if (!failed) return RD_KAFKA_RESP_ERR_NO_ERROR;
  if (record.headers != nullptr) rd_kafka_headers_destroy(record.headers);
  return rd_kafka_error_code(failed.get());
}

bool client_failed(rd_kafka_resp_err_t code) {
  switch (code) {
  case RD_KAFKA_RESP_ERR__FATAL:
  case RD_KAFKA_RESP_ERR__GAPLESS_GUARANTEE:
  case RD_KAFKA_RESP_ERR__PURGE_QUEUE:
  case RD_KAFKA_RESP_ERR__PURGE_INFLIGHT:
  case RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER:
  case RD_KAFKA_RESP_ERR_UNKNOWN_PRODUCER_ID:
  case RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH:
    return true;
  default:
    return false;
  }
}

std::size_t most_bytes_of(rd_kafka_t* client) {
  char text[32] = {};
  auto size = sizeof text;
  std::size_t out = 0;
  if (rd_kafka_conf_get(rd_kafka_conf(client), "message.max.bytes", text, &size) ==
      RD_KAFKA_CONF_OK)
    std::from_chars(text, text + std::strlen(text), out);
  return out;
}

rd_kafka_headers_t* headers_of(const outgoing_record& r) {
  if (r.headers.empty()) return nullptr;
  auto* out = rd_kafka_headers_new(r.headers.size());
  for (const auto& [name, value] : r.headers)
    rd_kafka_header_add(out, name.data(), static_cast<ssize_t>(name.size()), value.data(),
                        static_cast<ssize_t>(value.size()));
  return out;
}

} // namespace riq::storage::kafka
