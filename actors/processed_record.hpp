#pragma once
// An event on its way into `processed-events`.

#include "messages/event.hpp"
#include "messages/msgpack.hpp"
#include "messages/topics.hpp"
#include "storage/event_log.hpp"

namespace riq {

/// `timestamp` is the record's, epoch milliseconds.
inline storage::outgoing_record processed_record(const event& e, std::int32_t partition,
                                                 std::int64_t timestamp) {
  storage::outgoing_record out;
  out.topic = topics::processed_events;
  out.partition = partition;
  out.key = e.user_id;
  out.timestamp = timestamp;
  out.value = to_msgpack(e);
  return out;
}

} // namespace riq
