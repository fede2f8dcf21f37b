#include "storage/kafka/outlet.hpp"

#include <algorithm>

#include "storage/kafka/outgoing.hpp"

namespace riq::storage::kafka {

namespace {

constexpr int emptying_poll_ms = 200;

/// The library's threads call it with the lock of the other's queue held.
void wake_other(rd_kafka_t*, void* waker) {
  static_cast<outlet*>(waker)->wake();
}

} // namespace

error outlet::open(outlet* waker) {
  client_config config{settings_.client, &brokers_};
  config.reports(how_.name)
    .set("enable.idempotence", "true")
    .set("linger.ms", how_.linger_ms)
    .set("message.timeout.ms", how_.give_up_after_ms)
    // The producer's own bounds come first, so that a call is taken as a whole or not at all.
    .set("queue.buffering.max.messages",
         static_cast<std::int64_t>(std::min<std::size_t>(settings_.queue_records * 2, 10'000'000)))
    .set("queue.buffering.max.kbytes", 2'097'151);
  if (how_.give_up_after_ms == 0) config.set("enable.gapless.guarantee", "true");
  rd_kafka_conf_set_dr_msg_cb(config.raw(), report_);
  auto client = config.make(RD_KAFKA_PRODUCER);
  if (!client) return client.error();
  client_ = std::move(*client);
  most_bytes_ = most_bytes_of(client_.get());
  reports_.reset(rd_kafka_queue_get_main(client_.get()));
  if (waker != nullptr) rd_kafka_queue_cb_event_enable(reports_.get(), wake_other, waker);
  return {};
}

void outlet::close() {
  handles_.clear();
  if (reports_) rd_kafka_queue_cb_event_enable(reports_.get(), nullptr, nullptr);
  reports_.reset();
  client_.reset();
}

rd_kafka_topic_t* outlet::handle_of(const topic& t) {
  const std::lock_guard lock(mutex_);
  auto& handle = handles_[&t];
  if (!handle) handle.reset(rd_kafka_topic_new(client_.get(), t.wire.c_str(), nullptr));
  return handle.get();
}

void outlet::prepare(const topic& t) {
  // A failure shows with the first record.
  learn_leaders(client_.get(), handle_of(t), settings_.request_timeout_ms);
}

rd_kafka_resp_err_t outlet::send(const outgoing_record& r, const topic& t, std::int32_t partition,
                                 void* private_data) {
  record_parts record{r.key, r.value, headers_of(r), r.timestamp};
  if (r.tombstone) record.value.reset();
  return produce(client_.get(), handle_of(t), partition, record, private_data);
}

std::string outlet::failure() const {
  char why[256] = {};
  const bool failed =
    rd_kafka_fatal_error(client_.get(), why, sizeof why) != RD_KAFKA_RESP_ERR_NO_ERROR;
  return failed ? why : "";
}

void outlet::empty() {
  rd_kafka_purge(client_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
  while (rd_kafka_outq_len(client_.get()) > 0) poll(emptying_poll_ms);
}

} // namespace riq::storage::kafka
