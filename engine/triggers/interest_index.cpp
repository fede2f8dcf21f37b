#include "engine/triggers/interest_index.hpp"

#include <algorithm>
#include <array>

#include "engine/prefetch.hpp"
#include "engine/slots.hpp"

namespace riq::engine {

interest_index::interest_index(std::size_t entries, std::size_t per_item)
  : max_entries_(entries), per_item_(std::max<std::size_t>(per_item, 1)) {}

std::uint32_t interest_index::names::find(const hashed_text& id) const {
  return number.find(id.hash, [&](std::uint32_t n) { return all[n].id == id.text; });
}

std::uint32_t interest_index::names::of(const hashed_text& id) {
  if (const auto known = find(id); known != none) return known;
  const auto n = take_slot(free, [&] { return all.grow(); });
  all[n].id = id.text;
  all[n].hash = id.hash;
  text_bytes += id.text.size();
  number.insert(id.hash, n);
  return n;
}

void interest_index::names::leave(std::uint32_t n) {
  auto& left = all[n];
  if (--left.entries > 0) return;
  number.erase(left.hash, n);
  text_bytes -= left.id.size();
  left = {};
  free.push_back(n);
}

void interest_index::names::foresee(std::span<const std::uint64_t> hashes,
                                    std::span<std::uint32_t> numbers) const {
  for (const auto hash : hashes) number.foresee(hash);
  for (std::size_t i = 0; i < hashes.size(); ++i)
    if ((numbers[i] = number.find(hashes[i])) != none) prefetch(all[numbers[i]]);
}

std::size_t interest_index::names::memory() const {
  return number.memory() + all.memory() + text_bytes + free.capacity() * sizeof(std::uint32_t);
}

void interest_index::foresee(std::span<const std::uint64_t> users,
                             std::span<const std::uint64_t> items) const {
  constexpr std::size_t step = 32;
  std::array<std::uint32_t, step> who;
  std::array<std::uint32_t, step> what;
  while (!users.empty()) {
    const auto n = std::min(step, users.size());
    users_.foresee(users.first(n), who);
    items_.foresee(items.first(n), what);
    users = users.subspan(n);
    items = items.subspan(n);
    // Of a name without entries there is no pair.
    for (std::size_t i = 0; i < n; ++i) by_pair_.foresee(key(who[i], what[i]));
    for (std::size_t i = 0; i < n; ++i)
      if (const auto e = by_pair_.find(key(who[i], what[i])); e != none) prefetch(entries_[e]);
  }
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

void interest_index::add(const hashed_text& user, const hashed_text& product, double price) {
  if (max_entries_ == 0 || user.text.empty() || product.text.empty()) return;
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
  auto& item = items_.all[what];
  append<&entry::in_item>(item.list, e);
  append<&entry::in_all>(all_, e);
  item.ceiling = std::max(item.ceiling, price);
  if (item.entries > per_item_) drop(item.list.oldest);
  if (size_ > max_entries_) drop(all_.oldest);
}

void interest_index::forget(const hashed_text& user) {
  const auto who = users_.find(user);
  if (who == none) return;
  for (auto left = users_.all[who].entries, e = all_.oldest; left > 0;) {
    const auto next = entries_[e].in_all.newer;
    if (entries_[e].user == who) {
      drop(e);
      --left;
    }
    e = next;
  }
}

std::vector<std::string> interest_index::of(const hashed_text& product) const {
  std::vector<std::string> out;
  const auto item = items_.find(product);
  if (item == none) return out;
  for (auto e = items_.all[item].list.newest; e != none; e = entries_[e].in_item.older)
    out.push_back(users_.all[entries_[e].user].id);
  return out;
}

double interest_index::ceiling(const hashed_text& product) const {
  const auto item = items_.find(product);
  return item == none ? 0 : items_.all[item].ceiling;
}

void interest_index::set_ceiling(const hashed_text& product, double price) {
  if (const auto item = items_.find(product); item != none) items_.all[item].ceiling = price;
}

void interest_index::forget_ceilings() {
  for (std::size_t i = 0; i < items_.all.size(); ++i) items_.all[i].ceiling = 0;
}

std::size_t interest_index::bytes() const {
  return entries_.capacity() * sizeof(entry) + by_pair_.memory() + users_.memory() +
         items_.memory();
}

} // namespace riq::engine
