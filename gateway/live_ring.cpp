#include "gateway/live_ring.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace riq::gateway {

std::string sse_frame(std::string_view id, std::string_view event, std::string_view data) {
  std::string out;
  out.reserve(id.size() + event.size() + data.size() + 24);
  if (!id.empty()) out.append("id: ").append(id).append("\n");
  out.append("event: ").append(event).append("\ndata: ").append(data).append("\n\n");
  return out;
}

live_ring::live_ring(std::string run) : run_(std::move(run)) {}

std::size_t live_ring::admit(std::size_t wanted) {
  const auto now = std::chrono::duration_cast<std::chrono::seconds>(
                     std::chrono::steady_clock::now().time_since_epoch())
                     .count();
  if (second_.exchange(now, std::memory_order_relaxed) != now)
    in_second_.store(0, std::memory_order_relaxed);
  const auto asked = static_cast<std::int64_t>(wanted);
  const auto before = in_second_.fetch_add(asked, std::memory_order_relaxed);
  const auto room = std::clamp<std::int64_t>(most_a_second - before, 0, asked);
  if (room < asked)
    left_out_.fetch_add(static_cast<std::uint64_t>(asked - room), std::memory_order_relaxed);
  return static_cast<std::size_t>(room);
}

void live_ring::publish(std::vector<live_item> items) {
  if (!wanted() || items.empty()) return;
  published_.fetch_add(items.size(), std::memory_order_relaxed);
  {
    const std::lock_guard lock(mutex_);
    for (auto& item : items) {
      auto e = std::make_shared<live_entry>();
      e->number = ++newest_;
      e->frame = std::make_shared<const std::string>(
        sse_frame(run_ + "-" + std::to_string(newest_), name_of(item.kind), item.data));
      item.data = {};
      e->item = std::move(item);
      bytes_ += e->frame->size();
      entries_.push_back(std::move(e));
    }
    while (entries_.size() > most_entries || bytes_ > most_bytes) {
      bytes_ -= entries_.front()->frame->size();
      entries_.pop_front();
    }
  }
  const std::shared_lock lock(wakes_mutex_);
  for (const auto& [who, wake] : wakes_) wake();
}

void live_ring::on_news(const void* who, std::function<void()> wake) {
  const std::lock_guard lock(wakes_mutex_);
  wakes_.emplace_back(who, std::move(wake));
}

void live_ring::no_news(const void* who) {
  const std::lock_guard lock(wakes_mutex_);
  std::erase_if(wakes_, [who](const auto& w) { return w.first == who; });
}

std::vector<live_ring::entry> live_ring::after(std::uint64_t number, std::uint64_t& lost) const {
  const std::lock_guard lock(mutex_);
  const auto first = newest_ - entries_.size(); // the number before the oldest that is kept
  lost = number < first ? first - number : 0;
  const auto skip = number > first ? std::min<std::uint64_t>(number - first, entries_.size()) : 0;
  return {entries_.begin() + static_cast<std::ptrdiff_t>(skip), entries_.end()};
}

std::uint64_t live_ring::newest() const {
  const std::lock_guard lock(mutex_);
  return newest_;
}

bool live_ring::enter() {
  if (listeners_.fetch_add(1, std::memory_order_relaxed) >= most_listeners) {
    listeners_.fetch_sub(1, std::memory_order_relaxed);
    return false;
  }
  wanted_.store(true, std::memory_order_relaxed);
  return true;
}

void live_ring::leave() {
  listeners_.fetch_sub(1, std::memory_order_relaxed);
}

void live_ring::rest() {
  if (listeners() > 0) return;
  wanted_.store(false, std::memory_order_relaxed);
  const std::lock_guard lock(mutex_);
  entries_.clear();
  bytes_ = 0;
}

} // namespace riq::gateway
