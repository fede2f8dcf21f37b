#pragma once
// What the storage tests share: directories that go away, and the ports' callbacks as values.

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <stdlib.h>

#include "storage/embedded/database.hpp"
#include "storage/event_log.hpp"
#include "storage/state_store.hpp"
#include "tests/temp_dir.hpp"

namespace riq::storage::test {

/// Long enough that only a hang reaches it.
inline constexpr std::chrono::seconds patience{60};

using riq::test::temp_dir;

inline outgoing_record record(std::string topic, std::string key, std::string value,
                              std::int32_t partition = -1) {
  outgoing_record r;
  r.topic = std::move(topic);
  r.key = std::move(key);
  r.value = std::move(value);
  r.timestamp = 1'700'000'000'000;
  r.partition = partition;
  return r;
}

/// A callback's value, to be waited for.
template <class T>
class answer {
 public:
  auto callback() {
    return [p = promise_](T value) { p->set_value(std::move(value)); };
  }
  T get() {
    auto future = promise_->get_future();
    if (future.wait_for(patience) != std::future_status::ready) {
      ADD_FAILURE() << "no answer";
      std::abort();
    }
    return future.get();
  }

 private:
  std::shared_ptr<std::promise<T>> promise_ = std::make_shared<std::promise<T>>();
};

/// Appends and waits; the error of either way, or the offsets.
inline result<std::vector<std::int64_t>> append(event_log& log,
                                                std::vector<outgoing_record> records,
                                                durability safety = durability::synced) {
  answer<result<std::vector<std::int64_t>>> done;
  if (auto refused = log.append(std::move(records), safety, done.callback())) return refused;
  return done.get();
}

inline error commit(state_store& state, state_commit batch) {
  answer<error> done;
  if (auto refused = state.commit(std::move(batch), done.callback())) return refused;
  return done.get();
}

inline result<std::vector<std::optional<std::string>>> load(state_store& state, std::int32_t shard,
                                                            std::vector<std::string> keys) {
  answer<result<std::vector<std::optional<std::string>>>> done;
  if (auto refused = state.load(shard, std::move(keys), done.callback())) return refused;
  return done.get();
}

inline result<std::vector<due_entry>> due(state_store& state, std::int32_t shard, due_entry from,
                                          std::int64_t until, std::size_t limit) {
  answer<result<std::vector<due_entry>>> done;
  if (auto refused = state.due(shard, std::move(from), until, limit, done.callback()))
    return refused;
  return done.get();
}

inline result<std::vector<std::pair<std::string, std::string>>>
scan(state_store& state, std::int32_t shard, std::string from, std::size_t limit) {
  answer<result<std::vector<std::pair<std::string, std::string>>>> done;
  if (auto refused = state.scan(shard, std::move(from), limit, done.callback())) return refused;
  return done.get();
}

/// Collects what a subscription delivers.
class follower {
 public:
  follower(event_log& log, topic_partition where, std::int64_t from, std::size_t credit) {
    subscription_ = log.subscribe(std::move(where), from, [s = shared_](result<record_batch> b) {
      const std::lock_guard lock(s->mutex);
      if (b) {
        for (auto& r : b->records) s->records.push_back(std::move(r));
        s->next = b->next;
        s->end = b->end;
      } else {
        s->failure = b.error();
      }
      s->changed.notify_all();
    });
    if (credit > 0) subscription_->grant(credit);
  }

  subscription& handle() { return *subscription_; }
  void stop() { subscription_.reset(); }

  /// Waits until the offset that follows what was delivered is `next`, or an error came.
  bool reaches(std::int64_t next) {
    std::unique_lock lock(shared_->mutex);
    return shared_->changed.wait_for(lock, patience, [&] {
      return shared_->next >= next || shared_->failure;
    }) && !shared_->failure;
  }
  bool fails() {
    std::unique_lock lock(shared_->mutex);
    return shared_->changed.wait_for(lock, patience, [&] { return bool(shared_->failure); });
  }
  error failure() {
    const std::lock_guard lock(shared_->mutex);
    return shared_->failure;
  }
  std::vector<log_record> records() {
    const std::lock_guard lock(shared_->mutex);
    return shared_->records;
  }

 private:
  struct shared {
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<log_record> records;
    std::int64_t next = -1;
    std::int64_t end = -1;
    error failure;
  };
  std::shared_ptr<shared> shared_ = std::make_shared<shared>();
  std::unique_ptr<subscription> subscription_;
};

/// All that a partition holds.
inline std::vector<log_record> read_all(event_log& log, const topic_partition& where) {
  const auto range = log.range(where);
  if (range.begin == range.end) return {};
  follower f(log, where, range.begin, 1 << 30);
  EXPECT_TRUE(f.reaches(range.end)) << f.failure().detail;
  f.stop();
  return f.records();
}

inline embedded::options small(const std::filesystem::path& path) {
  embedded::options o;
  o.path = path;
  o.memory_bytes = std::size_t{32} << 20;
  o.reserve_bytes = std::uint64_t{1} << 20;
  return o;
}

inline std::unique_ptr<embedded::database> open(embedded::options o) {
  auto db = embedded::database::open(std::move(o));
  if (!db) {
    ADD_FAILURE() << db.error().detail;
    std::abort();
  }
  return std::move(*db);
}

/// What a contract test runs against: an adapter that can be stopped and started on its data.
class adapter {
 public:
  virtual ~adapter() = default;
  virtual event_log& log() = 0;
  virtual state_store& state() = 0;
  virtual void restart() = 0;
  /// Does now what the adapter does by itself from time to time.
  virtual void look_after() {}
  /// Whether a relaxed append can be read before its `done`.
  virtual bool has_relaxed_at_once() const { return true; }
};

using adapter_maker = std::unique_ptr<adapter> (*)();

class embedded_adapter final : public adapter {
 public:
  event_log& log() override { return db_->log(); }
  state_store& state() override { return db_->state(); }
  void restart() override {
    db_.reset();
    db_ = open(small(dir_.path()));
  }
  void look_after() override { EXPECT_FALSE(db_->upkeep()); }
  static std::unique_ptr<adapter> make() { return std::make_unique<embedded_adapter>(); }

 private:
  temp_dir dir_;
  std::unique_ptr<embedded::database> db_ = open(small(dir_.path()));
};

} // namespace riq::storage::test
