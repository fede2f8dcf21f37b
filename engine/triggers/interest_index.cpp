#include "engine/triggers/interest_index.hpp"

#include <algorithm>

#include "engine/slots.hpp"

namespace riq::engine {

interest_index::interest_index(std::size_t entries, std::size_t per_item)
  : max_entries_(entries), per_item_(std::max<std::size_t>(per_item, 1)) {}

std::uint32_t interest_index::names::of(std::string_view id) {
  if (const auto known = number.find(id); known != number.end()) return known->second;
  const auto n = take_slot(free, all);
  all[n].id = &number.emplace(std::string{id}, n).first->first;
  return n;
}

void interest_index::names::leave(std::uint32_t n) {
  auto& left = all[n];
  if (--left.entries > 0) return;
  number.erase(number.find(*left.id));
  left = {};
  free.push_back(n);
}

template <interest_index::link interest_index::entry::*In>
void interest_index::append(chain& to, std::uint32_t e) {
  entries_[e].*In = {to.newest, none};
  (to.newest == none ? to.oldest : (entries_[to.newest].*In).newer) = e;
  to.newest = e;
}

template <interest_index::link interest_index::entry::*In>
void interest_index::unlink(chain& from, std::uint32_t e) {
  const auto [older, newer] = entries_[e].*In;
  (older == none ? from.oldest : (entries_[older].*In).newer) = newer;
  (newer == none ? from.newest : (entries_[newer].*In).older) = older;
}

void interest_index::drop(std::uint32_t e) {
  const auto gone = entries_[e];
  unlink<&entry::in_item>(items_.all[gone.item].list, e);
  unlink<&entry::in_all>(all_, e);
  by_pair_.erase(key(gone.user, gone.item), e);
  entries_[e] = {};
  free_.push_back(e);
  --size_;
  items_.leave(gone.item);
  users_.leave(gone.user);
}

void interest_index::add(std::string_view user, std::string_view product) {
  if (max_entries_ == 0 || product.empty()) return;
  const auto who = users_.of(user);
  const auto what = items_.of(product);
  auto e = by_pair_.find(key(who, what));
  if (e != none) {
    unlink<&entry::in_item>(items_.all[what].list, e);
    unlink<&entry::in_all>(all_, e);
  } else {
    e = take_slot(free_, entries_);
    entries_[e].user = who;
    entries_[e].item = what;
    by_pair_.insert(key(who, what), e);
    ++users_.all[who].entries;
    ++items_.all[what].entries;
    ++size_;
  }
  append<&entry::in_item>(items_.all[what].list, e);
  append<&entry::in_all>(all_, e);
  if (items_.all[what].entries > per_item_) drop(items_.all[what].list.oldest);
  if (size_ > max_entries_) drop(all_.oldest);
}

void interest_index::forget(std::string_view user) {
  const auto known = users_.number.find(user);
  if (known == users_.number.end()) return;
  const auto who = known->second;
  for (auto left = users_.all[who].entries, e = all_.oldest; left > 0;) {
    const auto next = entries_[e].in_all.newer;
    if (entries_[e].user == who) {
      drop(e);
      --left;
    }
    e = next;
  }
}

std::vector<std::string> interest_index::of(std::string_view product) const {
  std::vector<std::string> out;
  const auto item = items_.number.find(product);
  if (item == items_.number.end()) return out;
  for (auto e = items_.all[item->second].list.newest; e != none; e = entries_[e].in_item.older)
    out.push_back(*users_.all[entries_[e].user].id);
  return out;
}

std::size_t interest_index::bytes() const {
  constexpr std::size_t text_node = 64; // of a short id in a hash map
  return entries_.capacity() * sizeof(entry) + by_pair_.memory() +
         (users_.all.size() + items_.all.size()) * (sizeof(name) + text_node);
}

} // namespace riq::engine
