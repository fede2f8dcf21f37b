#pragma once
// An event log in memory whose acknowledgements a test can hold back or turn into failures. They
// come on a thread of its own, as an adapter's do.

#include "messages/partition.hpp"
#include "storage/event_log.hpp"

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace riq::gateway::testing {

class memory_log final : public storage::event_log {
 public:
  static constexpr std::int32_t partition_count = 3;

  memory_log() : thread_([this] { run(); }) {}

  ~memory_log() override {
    {
      std::lock_guard lock(mutex_);
      ending_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }

  error ensure_topic(const storage::topic_options&) override { return {}; }
  std::int32_t partitions(std::string_view) const override { return partition_count; }
  std::int32_t partition_of(std::string_view, std::string_view key) const override {
    return riq::partition_of(key, partition_count);
  }

  error append(std::vector<storage::outgoing_record> records, storage::durability safety,
               storage::append_done done) override {
    std::lock_guard lock(mutex_);
    if (refusals_ > 0) {
      --refusals_;
      return refusal_;
    }
    if (safety != storage::durability::synced) return {ec::internal, "", "should be synced"};
    most_waiting_ = std::max(most_waiting_, waiting_.size() + 1);
    waiting_.push_back({std::move(records), std::move(done)});
    changed_.notify_all();
    return {};
  }

  std::unique_ptr<storage::subscription> subscribe(storage::topic_partition, std::int64_t,
                                                   storage::batch_sink) override {
    return nullptr;
  }
  storage::offset_range range(const storage::topic_partition&) const override { return {}; }
  void commit(std::string_view, const storage::topic_partition&, std::int64_t) override {}
  std::int64_t committed(std::string_view, const storage::topic_partition&) const override {
    return -1;
  }
  void keep_groups(std::string_view, const std::vector<std::string>&) override {}
  std::string identity() const override { return "memory"; }
  error health() const override {
    std::lock_guard lock(mutex_);
    return health_;
  }

  /// The next appends fail at once.
  void refuse(std::size_t times, error why) {
    std::lock_guard lock(mutex_);
    refusals_ = times;
    refusal_ = std::move(why);
  }
  void set_health(error e) {
    std::lock_guard lock(mutex_);
    health_ = std::move(e);
  }
  /// Holds acknowledgements back, or lets them go.
  void hold(bool held) {
    {
      std::lock_guard lock(mutex_);
      held_ = held;
    }
    changed_.notify_all();
  }
  /// Waits until that many appends were made and are not acknowledged.
  bool wait_for_waiting(std::size_t n) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(20), [&] { return waiting_.size() >= n; });
  }
  std::size_t waiting() const {
    std::lock_guard lock(mutex_);
    return waiting_.size();
  }
  std::size_t most_waiting() const {
    std::lock_guard lock(mutex_);
    return most_waiting_;
  }

  /// What a topic holds, in the order of the appends.
  std::vector<storage::outgoing_record> records(std::string_view topic) const {
    std::lock_guard lock(mutex_);
    std::vector<storage::outgoing_record> out;
    for (const auto& r : kept_)
      if (r.topic == topic) out.push_back(r);
    return out;
  }

 private:
  struct append_call {
    std::vector<storage::outgoing_record> records;
    storage::append_done done;
  };

  void run() {
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [this] { return ending_ || (!held_ && !waiting_.empty()); });
      if (waiting_.empty()) return;
      auto call = std::move(waiting_.front());
      waiting_.pop_front();
      std::vector<std::int64_t> offsets;
      for (auto& r : call.records) {
        offsets.push_back(next_[{r.topic, riq::partition_of(r.key, partition_count)}]++);
        kept_.push_back(std::move(r));
      }
      lock.unlock();
      call.done(std::move(offsets));
      lock.lock();
      changed_.notify_all();
    }
  }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<append_call> waiting_;
  std::vector<storage::outgoing_record> kept_;
  std::map<std::pair<std::string, std::int32_t>, std::int64_t> next_;
  std::size_t refusals_ = 0;
  std::size_t most_waiting_ = 0;
  error refusal_;
  error health_;
  bool held_ = false;
  bool ending_ = false;
  std::thread thread_;
};

} // namespace riq::gateway::testing
