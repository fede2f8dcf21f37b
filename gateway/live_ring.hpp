#pragma once
// The newest things that people watch live, numbered and in the form in which they are sent, so
// that any number of listeners share the same bytes and one that comes back finds its place.
//
// Bounded by count, bytes and rate: what is too fast to look at is left out and counted. Nothing is
// kept while nobody listens, nor made, as actors ask `wanted` first.
//
// Threading: any thread; the lock is held for a copy of pointers or one frame at most.

#include "messages/live_feed.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <utility>
#include <vector>

namespace riq::gateway {

struct live_entry {
  std::uint64_t number = 0;
  live_item item;                           ///< its data is in the frame
  std::shared_ptr<const std::string> frame; ///< `id: …\nevent: …\ndata: …\n\n`
};

class live_ring final : public live_feed {
 public:
  static constexpr std::size_t most_entries = 4'096;
  static constexpr std::size_t most_bytes = std::size_t{4} << 20;
  static constexpr std::size_t most_listeners = 1'000;
  /// More events a second than this are a sample: nobody reads so fast, and each costs a
  /// microsecond.
  static constexpr std::int64_t most_a_second = 5'000;

  explicit live_ring(std::string run);

  void publish(std::vector<live_item> items) override;
  std::size_t admit(std::size_t wanted) override;

  using entry = std::shared_ptr<const live_entry>;
  /// What came after `number`, at most what is kept; `lost` is how many are gone.
  std::vector<entry> after(std::uint64_t number, std::uint64_t& lost) const;
  std::uint64_t newest() const;
  /// Tells this life of the process from others.
  const std::string& run() const { return run_; }

  /// A listener comes; false when there are too many.
  bool enter();
  void leave();
  std::size_t listeners() const { return listeners_.load(std::memory_order_relaxed); }
  /// Nobody has listened for a while: from now on nothing is wanted, and what was kept is gone.
  void rest();

  /// Called after each publication, on its thread; it must only post. Any thread.
  void on_news(const void* who, std::function<void()> wake);
  /// It is not called any more when this returns: who publishes may outlive who listens.
  void no_news(const void* who);

  std::uint64_t published() const { return published_.load(std::memory_order_relaxed); }
  std::uint64_t left_out() const { return left_out_.load(std::memory_order_relaxed); }
  std::uint64_t dropped_clients() const { return dropped_.load(std::memory_order_relaxed); }
  void dropped_client() { dropped_.fetch_add(1, std::memory_order_relaxed); }

 private:
  const std::string run_;
  std::atomic<std::size_t> listeners_{0};
  std::atomic<std::uint64_t> published_{0};
  std::atomic<std::uint64_t> left_out_{0};
  std::atomic<std::uint64_t> dropped_{0};
  std::atomic<std::int64_t> second_{0}; ///< that `in_second_` counts
  std::atomic<std::int64_t> in_second_{0};

  std::shared_mutex wakes_mutex_;
  std::vector<std::pair<const void*, std::function<void()>>> wakes_; ///< guarded by wakes_mutex_

  mutable std::mutex mutex_;
  std::deque<entry> entries_; ///< guarded by mutex_
  std::size_t bytes_ = 0;     ///< guarded by mutex_
  std::uint64_t newest_ = 0;  ///< guarded by mutex_
};

/// One event of the stream as it is sent; without an id when that is empty.
std::string sse_frame(std::string_view id, std::string_view event, std::string_view data);

} // namespace riq::gateway
