#pragma once
// The one way into the database: a bounded queue and a thread that writes all that is queued as one
// group, with one sync if any of it asks for that. What is queued in an order is in the write-ahead
// log in that order, so whatever survives a crash is a prefix of it.
//
// When the disk is full or a write fails, `health` says so and appends and commits are refused.
// Queued synced appends and state commits get the error; relaxed appends, which followers may
// already have read, and group offsets are kept and written first once writing works again.

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "storage/embedded/group_batch.hpp"

namespace riq::storage::embedded {

class pipeline {
 public:
  pipeline(const rocks& db, group_offsets& offsets, const options& settings);
  ~pipeline() { stop(); }

  /// Assigns the offsets. `w.offsets` has each record's place in its slab; `slab_of` its slab.
  error append(append_work w, const std::vector<std::uint32_t>& part_of);

  error commit(state_work w);

  /// Keeps a place in the order; `then` runs on the writer when all before it is written or failed.
  void after_queued(std::function<void()> then);

  /// Runs `task` on the writer between two groups and waits for it. Not from a callback.
  error call(std::function<error()> task);

  error health() const;

  /// Writes what is queued, syncs, answers all and ends the thread. Later work is refused.
  void stop();

 private:
  using clock = std::chrono::steady_clock;

  error admit(std::size_t bytes, std::size_t records) const;
  void enqueue(work w);
  void run();
  void process(std::vector<work> taken, std::vector<group_offsets::change> changes);
  void write(work* first, work* last, std::vector<group_offsets::change> changes);
  void complete(work& w, const error& outcome);
  void refuse(work& w, const error& why);
  void fail(error why);
  void retry();
  void sync_lazily(bool now);
  bool room(std::uint64_t bytes) const;

  const rocks& db_;
  group_offsets& offsets_;
  const options& settings_;

  mutable std::mutex mutex_;
  std::condition_variable ready_;
  std::vector<work> queue_;
  std::size_t queued_bytes_ = 0;
  std::size_t queued_records_ = 0;
  bool waiting_ = false; // the writer, for work
  bool stopping_ = false;
  error health_;

  // The writer's own.
  group_batch group_;
  std::vector<work> kept_; // relaxed appends that wait for room, in order
  bool failing_ = false;
  clock::time_point next_retry_;
  bool unsynced_ = false;
  clock::time_point unsynced_since_;
  std::thread thread_;
};

} // namespace riq::storage::embedded
