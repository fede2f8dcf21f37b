#pragma once
// One subscription's place between the client's queue and its sink.

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "storage/event_log.hpp"
#include "storage/kafka/client.hpp"
#include "storage/kafka/topics.hpp"

namespace riq::storage::kafka {

class reader;

class stream : public std::enable_shared_from_this<stream> {
 public:
  stream(reader& owner, topic* where, topic_partition name, std::int64_t from, batch_sink sink);

  void grant(std::size_t records);

  /// Ends it. Waits for a callback that runs, unless called from within that.
  void close();

 private:
  friend class reader;

  /// Another look is wanted; asked for from any thread, also from within the client's.
  void wake();
  /// How many records may be delivered now, 0 when it is closed.
  std::size_t begin_round();
  /// Hands a batch on; false when it ended.
  bool deliver(result<record_batch> batch);
  /// Out of the client's queue; what is empty has nothing to tell.
  result<record_batch> take(std::size_t most, bool& all);
  static void has_news(rd_kafka_t*, void* self);

  reader& owner_;
  topic* const where_;
  const topic_partition name_;
  const batch_sink sink_;
  std::int64_t next_; // the reader's thread

  // Of the reader's thread, from start to stop.
  std::size_t client_ = 0;
  topic_handle handle_;
  queue_handle queue_;
  bool started_ = false;
  error failure_;
  std::vector<rd_kafka_message_t*> taken_;

  std::mutex mutex_;
  std::condition_variable idle_;
  std::size_t credit_ = 0;
  bool queued_ = false; // a look is on its way
  bool closed_ = false;
  bool delivering_ = false;
  std::thread::id runner_;
};

/// What the user of the port holds.
class stream_handle final : public subscription {
 public:
  explicit stream_handle(std::shared_ptr<stream> s) : stream_(std::move(s)) {}
  ~stream_handle() override { stream_->close(); }
  void grant(std::size_t records) override { stream_->grant(records); }

 private:
  std::shared_ptr<stream> stream_;
};

} // namespace riq::storage::kafka
