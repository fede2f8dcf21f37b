#include "storage/embedded/partition.hpp"

#include <algorithm>

namespace riq::storage::embedded {

namespace {

/// What a slab costs beside its records.
constexpr std::size_t slab_overhead = sizeof(slab) + 48;

std::size_t cost(const slab& s) {
  return s.records.capacity() + slab_overhead;
}

} // namespace

void partition::restore(offset_range range) {
  begin_ = range.begin;
  next_ = readable_ = written_ = evicted_ = range.end;
}

bool partition::append(const slab_ptr& data) {
  const std::lock_guard lock(mutex_);
  data->base = next_;
  next_ = data->end();
  if (data->safety == durability::synced) synced_waits_ = true;
  if (!synced_waits_) readable_ = next_;
  tail_bytes_ += cost(*data);
  tail_.push_back(data);
  return !synced_waits_;
}

void partition::settle() {
  auto i = stored_;
  while (i < tail_.size() && tail_[i]->safety == durability::relaxed) ++i;
  synced_waits_ = i < tail_.size();
  // Never over a gap at the end: a follower's position there could be stored, while the next life
  // of the process gives the offsets of the gap to others.
  if (i > 0) readable_ = std::max(readable_, tail_[i - 1]->end());
}

void partition::written(std::int64_t end, std::size_t tail_bytes) {
  const std::lock_guard lock(mutex_);
  while (stored_ < tail_.size() && tail_[stored_]->end() <= end) ++stored_;
  written_ = std::max(written_, end);
  settle();
  while (stored_ > 0 && tail_bytes_ > tail_bytes) {
    tail_bytes_ -= cost(*tail_.front());
    evicted_ = tail_.front()->end();
    tail_.pop_front();
    --stored_;
  }
}

void partition::drop(const slab_ptr& data) {
  const std::lock_guard lock(mutex_);
  const auto at =
    std::find(tail_.begin() + static_cast<std::ptrdiff_t>(stored_), tail_.end(), data);
  if (at == tail_.end()) return;
  tail_bytes_ -= cost(*data);
  tail_.erase(at);
  settle();
}

void partition::advance_begin(std::int64_t begin) {
  const std::lock_guard lock(mutex_);
  begin_ = std::max(begin_, begin);
}

offset_range partition::range() const {
  const std::lock_guard lock(mutex_);
  return {std::min(begin_, readable_), readable_};
}

std::int64_t partition::written_end() const {
  const std::lock_guard lock(mutex_);
  return written_;
}

std::int64_t partition::next() const {
  const std::lock_guard lock(mutex_);
  return next_;
}

window partition::look(std::int64_t from, std::size_t records) const {
  window w;
  const std::lock_guard lock(mutex_);
  w.from = std::max(from, begin_);
  w.end = readable_;
  if (w.from >= readable_ || records == 0) return w;
  if (w.from < evicted_) {
    w.where = window::place::behind;
    w.stop = std::min(evicted_, readable_);
    return w;
  }
  w.where = window::place::tail;
  auto at = std::upper_bound(tail_.begin(), tail_.end(), w.from,
                             [](std::int64_t x, const slab_ptr& s) { return x < s->end(); });
  std::size_t found = 0;
  w.stop = w.from;
  for (; at != tail_.end() && (*at)->base < readable_ && found < records; ++at) {
    w.slabs.push_back(*at);
    found += static_cast<std::size_t>((*at)->end() - std::max((*at)->base, w.from));
    w.stop = (*at)->end();
  }
  if (at == tail_.end() || (*at)->base >= readable_) w.stop = readable_;
  return w;
}

void partition::add(std::shared_ptr<listener> who) {
  const std::lock_guard lock(mutex_);
  auto list = std::make_shared<listener_list>(*listeners_);
  list->push_back(std::move(who));
  listeners_ = std::move(list);
}

void partition::remove(const listener* who) {
  const std::lock_guard lock(mutex_);
  auto list = std::make_shared<listener_list>(*listeners_);
  std::erase_if(*list, [&](const auto& other) { return other.get() == who; });
  listeners_ = std::move(list);
}

void partition::wake() const {
  std::shared_ptr<const listener_list> list;
  {
    const std::lock_guard lock(mutex_);
    list = listeners_;
  }
  for (const auto& who : *list) who->wake();
}

std::vector<std::shared_ptr<listener>> partition::listeners() const {
  const std::lock_guard lock(mutex_);
  return *listeners_;
}

} // namespace riq::storage::embedded
