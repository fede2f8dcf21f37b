#include "actors/batch_tracker.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace riq {

std::uint64_t batch_tracker::open(std::int64_t next, std::size_t records, std::size_t users) {
  open_.push_back({next_number_, next, records, users, {}});
  return next_number_++;
}

void batch_tracker::finished(std::uint64_t number, std::vector<numbered_update> updates) {
  if (open_.empty() || number < open_.front().number) return;
  auto& b = open_[number - open_.front().number];
  --b.outstanding;
  if (b.updates.empty()) b.updates = std::move(updates);
  else std::move(updates.begin(), updates.end(), std::back_inserter(b.updates));
}

std::vector<batch_tracker::batch> batch_tracker::take_complete() {
  std::vector<batch> out;
  while (!open_.empty() && open_.front().outstanding == 0) {
    auto& b = open_.front();
    std::stable_sort(b.updates.begin(), b.updates.end(),
                     [](const auto& x, const auto& y) { return x.offset < y.offset; });
    out.push_back(std::move(b));
    open_.pop_front();
  }
  return out;
}

} // namespace riq
