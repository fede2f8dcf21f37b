#pragma once
// Short ways to make events, and to put them where a shard or a processor finds them.

#include <string>

#include "messages/event.hpp"
#include "messages/msgpack.hpp"
#include "messages/topics.hpp"
#include "storage/event_log.hpp"

namespace riq::testing {

inline constexpr std::int64_t t0 = 1'700'000'000'000;

inline event seen(const std::string& user, const std::string& product, std::int64_t time,
                  std::int64_t offset, activity_type type = activity_type::view) {
  event e;
  e.user_id = user;
  e.id = user + "-" + std::to_string(offset);
  e.time = time;
  e.received = time;
  e.origin.from = source::activity;
  e.origin.offset = offset;
  activity a;
  a.type = type;
  a.product_id = product;
  a.category = "electronics.laptop";
  a.price = 999;
  e.what = a;
  return e;
}

inline event bought(const std::string& user, const std::string& order_id, double total,
                    std::int64_t time, std::int64_t offset) {
  event e;
  e.user_id = user;
  e.id = "order:" + order_id + ":COMPLETED";
  e.time = time;
  e.received = time;
  e.origin.from = source::order;
  e.origin.offset = offset;
  order o;
  o.order_id = order_id;
  o.items = {{"p1", 1, total}};
  o.total = total;
  e.what = o;
  return e;
}

inline event erased(const std::string& user, std::int64_t time, std::int64_t offset) {
  event e;
  e.user_id = user;
  e.id = "erase-" + std::to_string(offset);
  e.time = time;
  e.received = time;
  e.origin.from = source::activity;
  e.origin.offset = offset;
  e.what = user_erased{};
  return e;
}

/// Appends to `processed-events` of the partition.
inline void publish(storage::event_log& log, const event& e, std::int32_t partition = 0) {
  storage::outgoing_record r;
  r.topic = topics::processed_events;
  r.partition = partition;
  r.key = e.user_id;
  r.timestamp = e.time;
  r.value = to_msgpack(e);
  std::vector<storage::outgoing_record> records;
  records.push_back(std::move(r));
  log.append(std::move(records), storage::durability::relaxed, {});
}

} // namespace riq::testing
