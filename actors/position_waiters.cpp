#include "actors/position_waiters.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace riq {

bool position_waiters::reached(const offsets& wanted) const {
  for (std::size_t i = 0; i < source_count; ++i)
    if (wanted[i] > seen_[i]) return false;
  return true;
}

void position_waiters::add(const offsets& wanted, std::int64_t deadline, waiter done) {
  waiting_.push_back({wanted, deadline, std::move(done)});
}

void position_waiters::release(std::int64_t now) {
  if (waiting_.empty()) return;
  // Waiters may add themselves again while they run, so they are taken out first.
  std::vector<entry> ready;
  const auto keep = [&](const entry& e) { return !reached(e.wanted) && now < e.deadline; };
  const auto first = std::stable_partition(waiting_.begin(), waiting_.end(), keep);
  std::move(first, waiting_.end(), std::back_inserter(ready));
  waiting_.erase(first, waiting_.end());
  for (auto& e : ready) e.done(!reached(e.wanted));
}

} // namespace riq
