#pragma once
// The threads that read from RocksDB for others. Urgent tasks (loads of state, which somebody waits
// for) go before bulk ones (followers behind the tail, which give the thread back after some
// batches).

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace riq::storage::embedded {

class readers {
 public:
  using task = std::function<void()>;

  readers(unsigned threads, std::size_t max_urgent);
  ~readers() { stop(); }

  /// False when the queue is full.
  bool urgent(task t);

  /// For a task that was admitted before and had to wait elsewhere: never refused.
  void urgent_admitted(task t);

  void bulk(task t);

  /// Runs what is queued, then ends the threads.
  void stop();

 private:
  void run(bool bulk);

  std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<task> urgent_;
  std::deque<task> bulk_;
  const std::size_t max_urgent_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

} // namespace riq::storage::embedded
