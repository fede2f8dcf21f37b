#include "storage/embedded/readers.hpp"

#include <algorithm>

#include "config/thread_name.hpp"

namespace riq::storage::embedded {

readers::readers(unsigned threads, std::size_t max_urgent) : max_urgent_(max_urgent) {
  for (unsigned i = 0; i < std::max(threads, 1U); ++i)
    threads_.emplace_back([this, bulk = i > 0 || threads <= 1] { run(bulk); });
}

bool readers::urgent(task t) {
  {
    const std::lock_guard lock(mutex_);
    if (urgent_.size() >= max_urgent_) return false;
    urgent_.push_back(std::move(t));
  }
  ready_.notify_all();
  return true;
}

void readers::urgent_admitted(task t) {
  {
    const std::lock_guard lock(mutex_);
    urgent_.push_back(std::move(t));
  }
  ready_.notify_all();
}

void readers::bulk(task t) {
  {
    const std::lock_guard lock(mutex_);
    bulk_.push_back(std::move(t));
  }
  ready_.notify_all();
}

void readers::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  ready_.notify_all();
  for (auto& thread : threads_)
    if (thread.joinable()) thread.join();
}

void readers::run(bool bulk) {
  name_thread("state reader");
  std::unique_lock lock(mutex_);
  for (;;) {
    ready_.wait(lock, [&] { return stopping_ || !urgent_.empty() || (bulk && !bulk_.empty()); });
    auto& queue = urgent_.empty() && bulk ? bulk_ : urgent_;
    if (queue.empty()) return;
    auto next = std::move(queue.front());
    queue.pop_front();
    lock.unlock();
    next();
    next = nullptr; // what it captured dies outside the lock
    lock.lock();
  }
}

} // namespace riq::storage::embedded
