#include "storage/kafka/stream.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "storage/kafka/reader.hpp"

namespace riq::storage::kafka {

namespace {

std::string text(const void* data, std::size_t size) {
  return data == nullptr ? std::string{} : std::string(static_cast<const char*>(data), size);
}

log_record to_record(const rd_kafka_message_t& m) {
  log_record out;
  out.offset = m.offset;
  out.timestamp = rd_kafka_message_timestamp(&m, nullptr);
  out.key = text(m.key, m.key_len);
  out.value = text(m.payload, m.len);
  out.tombstone = m.payload == nullptr;
  rd_kafka_headers_t* headers = nullptr;
  if (rd_kafka_message_headers(&m, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) return out;
  const char* name = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  for (std::size_t i = 0;
       rd_kafka_header_get_all(headers, i, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR; ++i)
    out.headers.emplace_back(name, text(value, size));
  return out;
}

} // namespace

stream::stream(reader& owner, topic* where, topic_partition name, std::int64_t from,
               batch_sink sink)
  : owner_(owner), where_(where), name_(std::move(name)), sink_(std::move(sink)),
    next_(std::max<std::int64_t>(from, 0)) {}

void stream::grant(std::size_t records) {
  {
    const std::lock_guard lock(mutex_);
    credit_ += records;
  }
  wake();
}

void stream::wake() {
  {
    const std::lock_guard lock(mutex_);
    if (closed_ || queued_ || credit_ == 0) return;
    queued_ = true;
  }
  owner_.enqueue(reader::step::read, shared_from_this());
}

void stream::has_news(rd_kafka_t*, void* self) {
  static_cast<stream*>(self)->wake();
}

void stream::close() {
  {
    std::unique_lock lock(mutex_);
    if (!closed_) {
      closed_ = true;
      lock.unlock();
      owner_.enqueue(reader::step::stop, shared_from_this());
      lock.lock();
    }
    if (runner_ == std::this_thread::get_id()) return;
    idle_.wait(lock, [&] { return !delivering_; });
  }
}

std::size_t stream::begin_round() {
  const std::lock_guard lock(mutex_);
  queued_ = false;
  return closed_ ? 0 : credit_;
}

result<record_batch> stream::take(std::size_t most, bool& all) {
  if (failure_) return std::exchange(failure_, {});
  taken_.resize(most);
  const auto n = rd_kafka_consume_batch_queue(queue_.get(), 0, taken_.data(), most);
  all = n < static_cast<ssize_t>(most);
  record_batch out;
  out.from = name_;
  auto next = next_;
  for (ssize_t i = 0; i < n; ++i) {
    auto* m = taken_[static_cast<std::size_t>(i)];
    if (m->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
      next = std::max(next, m->offset);
    } else if (m->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
      if (!failure_)
        failure_ = m->err == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET
                     ? owner_.lost_place(*this)
                     : to_error(m->err, "reading " + where_->wire);
    } else if (m->offset >= next) { // the client may begin before what was asked for
      next = m->offset + 1;
      out.records.push_back(to_record(*m));
    }
    rd_kafka_message_destroy(m);
  }
  if (failure_ && out.records.empty()) return std::exchange(failure_, {});
  if (failure_) all = false; // told after the records before it
  owner_.look_at_end(*where_, name_.partition);
  next_ = out.next = next;
  out.end = std::max(next, where_->range(name_.partition).end);
  return out;
}

bool stream::deliver(result<record_batch> batch) {
  const bool failed = !batch;
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return false;
    if (!failed) credit_ -= std::min(credit_, batch->records.size());
    delivering_ = true;
    runner_ = std::this_thread::get_id();
  }
  sink_(std::move(batch));
  const std::lock_guard lock(mutex_);
  delivering_ = false;
  runner_ = {};
  idle_.notify_all();
  return !failed && !closed_;
}

} // namespace riq::storage::kafka
