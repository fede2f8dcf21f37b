#pragma once
// Delivers one partition to one sink: from the tail on whatever thread brought the news, from the
// database on a reader. At most one thread at a time runs it, so batches arrive in order and one by
// one; between two batches it looks where its position now lies, so that there is no hand-over from
// the one source to the other in which a record could be lost or doubled.

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>

#include "storage/embedded/partition.hpp"
#include "storage/embedded/readers.hpp"
#include "storage/embedded/rocks.hpp"
#include "storage/event_log.hpp"

namespace riq::storage::embedded {

class subscriber final : public listener, public std::enable_shared_from_this<subscriber> {
 public:
  subscriber(const rocks& db, readers& pool, std::shared_ptr<partition> where, std::int64_t from,
             batch_sink sink);

  void grant(std::size_t records);
  void wake() override;

  /// Ends it. Waits for a callback that runs, unless called from within that.
  void close();

  partition& where() const { return *where_; }

 private:
  enum class run_state : std::uint8_t { idle, queued, running };
  enum class on : std::uint8_t { caller, reader };

  void run(on thread);
  void resume();
  void hand_over();
  bool rest(bool nothing_to_do);
  bool deliver(result<record_batch> batch);

  const rocks& db_;
  readers& pool_;
  const std::shared_ptr<partition> where_;
  const batch_sink sink_;
  std::int64_t position_; // of whoever runs it

  std::mutex mutex_;
  std::condition_variable idle_;
  std::size_t credit_ = 0;
  run_state state_ = run_state::idle;
  bool again_ = false; // news came while it ran
  bool closed_ = false;
  std::thread::id runner_; // the thread that is within the sink
};

/// What the user of the port holds.
class subscription_handle final : public subscription {
 public:
  explicit subscription_handle(std::shared_ptr<subscriber> s) : subscriber_(std::move(s)) {}
  ~subscription_handle() override {
    subscriber_->where().remove(subscriber_.get());
    subscriber_->close();
  }
  void grant(std::size_t records) override { subscriber_->grant(records); }

 private:
  std::shared_ptr<subscriber> subscriber_;
};

/// A subscription that has only an error to tell.
class failed_subscription final : public subscription {
 public:
  void grant(std::size_t) override {}
};

} // namespace riq::storage::embedded
