#include "engine/triggers/interest_index.hpp"

#include <algorithm>

namespace riq::engine {

interest_index::interest_index(std::size_t entries, std::size_t per_item)
  : max_entries_(entries), per_item_(per_item) {}

std::uint32_t interest_index::number_of(std::string_view user) {
  if (const auto known = numbers_.find(user); known != numbers_.end()) return known->second;
  std::uint32_t n;
  if (free_.empty()) {
    n = static_cast<std::uint32_t>(people_.size());
    people_.emplace_back();
  } else {
    n = free_.back();
    free_.pop_back();
  }
  people_[n].id = user;
  numbers_.emplace(std::string{user}, n);
  return n;
}

void interest_index::leave(std::uint32_t user) {
  --size_;
  auto& p = people_[user];
  if (--p.entries > 0) return;
  numbers_.erase(p.id);
  p.id.clear();
  free_.push_back(user);
}

/// Takes the entry out when it is still the addition of that age.
bool interest_index::drop(const std::string& product, std::uint32_t user, std::uint64_t age) {
  const auto item = items_.find(product);
  if (item == items_.end()) return false;
  auto& list = item->second;
  const auto at = std::find_if(list.begin(), list.end(),
                               [&](const entry& e) { return e.user == user && e.age == age; });
  if (at == list.end()) return false;
  list.erase(at);
  if (list.empty()) items_.erase(item);
  leave(user);
  return true;
}

void interest_index::shrink() {
  while (size_ > max_entries_ && !order_.empty()) {
    drop(order_.front().product, order_.front().user, order_.front().age);
    order_.pop_front();
  }
  // Outdated additions are thrown out before they outweigh the others.
  if (order_.size() <= 2 * size_ + 64) return;
  std::deque<addition> kept;
  for (auto& a : order_) {
    const auto item = items_.find(a.product);
    if (item == items_.end()) continue;
    const auto& list = item->second;
    if (std::any_of(list.begin(), list.end(),
                    [&](const entry& e) { return e.user == a.user && e.age == a.age; }))
      kept.push_back(std::move(a));
  }
  order_ = std::move(kept);
}

void interest_index::add(std::string_view user, std::string_view product) {
  if (max_entries_ == 0 || product.empty()) return;
  const auto n = number_of(user);
  const auto item = items_.try_emplace(std::string{product}).first;
  auto& list = item->second;
  const auto age = next_age_++;
  const auto at =
    std::find_if(list.begin(), list.end(), [&](const entry& e) { return e.user == n; });
  if (at != list.end()) {
    // The newest stands last already: nothing that anybody could see would change.
    if (at + 1 == list.end()) return;
    at->age = age;
    std::rotate(at, at + 1, list.end());
  } else {
    if (list.size() >= per_item_) {
      const auto oldest = list.front().user;
      list.erase(list.begin());
      leave(oldest);
    }
    list.push_back({n, age});
    ++people_[n].entries;
    ++size_;
  }
  order_.push_back({age, item->first, n});
  shrink();
}

void interest_index::forget(std::string_view user) {
  const auto known = numbers_.find(user);
  if (known == numbers_.end()) return;
  const auto n = known->second;
  for (auto item = items_.begin(); item != items_.end();) {
    auto& list = item->second;
    if (std::erase_if(list, [&](const entry& e) { return e.user == n; }) > 0) leave(n);
    item = list.empty() ? items_.erase(item) : std::next(item);
  }
}

std::vector<std::string> interest_index::of(std::string_view product) const {
  std::vector<std::string> out;
  const auto item = items_.find(product);
  if (item == items_.end()) return out;
  for (auto e = item->second.rbegin(); e != item->second.rend(); ++e)
    out.push_back(people_[e->user].id);
  return out;
}

std::size_t interest_index::bytes() const {
  return size_ * (sizeof(entry) + sizeof(addition) + 32) + people_.size() * (sizeof(person) + 64) +
         items_.size() * 96;
}

} // namespace riq::engine
