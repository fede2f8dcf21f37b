#include "actors/batch_tracker.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace riq {

std::uint64_t batch_tracker::open(std::int64_t next, std::size_t records, std::size_t users) {
  open_.push_back({next_number_, next, records, users, {}, {}});
  return next_number_++;
}

void batch_tracker::finished(std::uint64_t number, std::vector<numbered_update> updates,
                             applied_part part) {
  if (open_.empty() || number < open_.front().number) return;
  auto& b = open_[number - open_.front().number];
  --b.outstanding;
  if (!part.events.empty()) b.parts.push_back(std::move(part));
  if (b.updates.empty())
    b.updates = std::move(updates);
  else
    std::move(updates.begin(), updates.end(), std::back_inserter(b.updates));
}

const batch_tracker::batch* batch_tracker::oldest_complete() {
  if (open_.empty() || open_.front().outstanding > 0) return nullptr;
  auto& updates = open_.front().updates;
  std::stable_sort(updates.begin(), updates.end(),
                   [](const auto& x, const auto& y) { return x.offset < y.offset; });
  return &open_.front();
}

} // namespace riq
