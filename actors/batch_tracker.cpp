#include "actors/batch_tracker.hpp"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <utility>

namespace riq {
namespace {

/// They are large; each is moved once. What one user says of one offset stays in its order.
template <class T>
void sort_by_offset(std::vector<T>& list) {
  const auto before = [](const auto& x, const auto& y) { return x.offset < y.offset; };
  if (std::is_sorted(list.begin(), list.end(), before)) return;
  std::vector<std::uint32_t> order(list.size());
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(), [&](std::uint32_t x, std::uint32_t y) {
    return list[x].offset < list[y].offset;
  });
  std::vector<T> sorted;
  sorted.reserve(list.size());
  for (const auto i : order) sorted.push_back(std::move(list[i]));
  list = std::move(sorted);
}

template <class T>
void append(std::vector<T>& to, std::vector<T>& more) {
  std::ranges::move(more, std::back_inserter(to));
}

void append(batch_reports& to, batch_reports& more) {
  append(to.triggers, more.triggers);
  append(to.expired, more.expired);
}

} // namespace

std::uint64_t batch_tracker::open(std::int64_t next, std::size_t records, std::size_t users) {
  open_.push_back({next_number_, next, records, users, {}, {}, {}});
  return next_number_++;
}

void batch_tracker::finished(std::uint64_t number, std::vector<numbered_update> updates,
                             applied_part part, batch_reports reports) {
  if (open_.empty() || number < open_.front().number) return;
  auto& b = open_[number - open_.front().number];
  --b.outstanding;
  if (!part.events.empty()) b.parts.push_back(std::move(part));
  if (b.updates.empty())
    b.updates = std::move(updates);
  else
    append(b.updates, updates);
  append(b.reports, reports);
}

std::size_t batch_tracker::complete_records() const {
  std::size_t n = 0;
  for (auto b = open_.begin(); b != open_.end() && b->outstanding == 0; ++b) n += b->records;
  return n;
}

bool batch_tracker::complete_reports() const {
  const auto end = std::ranges::find_if(open_, [](const batch& b) { return b.outstanding > 0; });
  return std::any_of(open_.begin(), end, [](const batch& b) { return !b.reports.empty(); });
}

void batch_tracker::sort(batch& b) {
  sort_by_offset(b.updates);
  // A webhook takes a trigger that comes behind a newer one for a repetition.
  sort_by_offset(b.reports.triggers);
}

batch_tracker::batch* batch_tracker::complete() {
  if (open_.empty() || open_.front().outstanding > 0) return nullptr;
  sort(open_.front());
  while (open_.size() > 1 && open_[1].outstanding == 0) {
    auto first = std::move(open_.front());
    open_.pop_front();
    auto& next = open_.front();
    sort(next);
    append(first.updates, next.updates);
    append(first.parts, next.parts);
    append(first.reports, next.reports);
    first.number = next.number;
    first.next = next.next;
    first.records += next.records;
    next = std::move(first);
  }
  return &open_.front();
}

} // namespace riq
