#include "actors/resident_set.hpp"

#include <algorithm>
#include <array>

#include "engine/prefetch.hpp"
#include "engine/slots.hpp"
#include "messages/hash.hpp"

namespace riq {

resident* resident_set::find(const hashed_text& user) {
  const auto found =
    by_id_.find(user.hash, [&](std::uint32_t i) { return all_[i]->user_id == user.text; });
  return found == engine::id_table::none ? nullptr : all_[found].get();
}

void resident_set::foresee(std::span<const std::uint64_t> users) const {
  std::array<std::uint32_t, 32> places;
  while (!users.empty()) {
    const auto n = std::min(users.size(), places.size());
    for (std::size_t i = 0; i < n; ++i) by_id_.foresee(users[i]);
    for (std::size_t i = 0; i < n; ++i)
      if (places[i] = by_id_.find(users[i]); places[i] != engine::id_table::none)
        engine::prefetch(all_[places[i]]);
    for (std::size_t i = 0; i < n; ++i)
      if (places[i] != engine::id_table::none) engine::prefetch(*all_[places[i]]);
    users = users.subspan(n);
  }
}

resident& resident_set::add(const hashed_text& user, std::int64_t now) {
  auto r = std::make_unique<resident>();
  r->user_id = user.text;
  r->used = now;
  r->place = engine::take_slot(free_, all_);
  auto& out = *r;
  by_id_.insert(user.hash, out.place);
  all_[out.place] = std::move(r);
  link_newest(out);
  return out;
}

void resident_set::remove(resident& r) {
  unlink(r);
  if (r.first_dirty >= 0) dirty_.erase({r.first_dirty, &r});
  bytes_ -= r.bytes;
  const auto place = r.place;
  by_id_.erase(stable_hash(r.user_id), place);
  all_[place].reset(); // r is gone
  free_.push_back(place);
}

void resident_set::touch(resident& r, std::int64_t now) {
  r.used = now;
  if (newest_ == &r) return;
  unlink(r);
  link_newest(r);
}

void resident_set::dispatched(resident& r, std::int64_t offset, std::int64_t now) {
  if (offset > r.last_dispatched) r.last_dispatched = offset;
  if (r.first_dirty >= 0) return;
  r.first_dirty = offset;
  r.dirty_since = now;
  dirty_.emplace_hint(dirty_.end(), offset, &r); // offsets ascend
}

std::int64_t resident_set::snapshot_taken(resident& r, std::int64_t applied, std::int64_t now) {
  r.snapshot_asked = false;
  // Clean, or taken before the first event that was passed on to it came up.
  if (r.first_dirty < 0 || r.first_dirty > applied) return -1;
  const auto made_safe = r.first_dirty;
  dirty_.erase({r.first_dirty, &r});
  r.first_dirty = -1;
  // Events that were passed on after the snapshot was taken: the oldest of them is not known, but
  // it comes after what the snapshot holds.
  if (r.last_dispatched > applied) {
    r.first_dirty = applied + 1;
    r.dirty_since = now;
    dirty_.emplace_hint(dirty_.end(), r.first_dirty, &r);
  }
  return made_safe;
}

const resident* resident_set::oldest_dirty() const {
  return dirty_.empty() ? nullptr : dirty_.begin()->second;
}

void resident_set::resized(resident& r, std::uint64_t bytes) {
  bytes_ += bytes - r.bytes;
  r.bytes = bytes;
}

void resident_set::unlink(resident& r) {
  (r.older ? r.older->newer : oldest_) = r.newer;
  (r.newer ? r.newer->older : newest_) = r.older;
  r.older = r.newer = nullptr;
}

void resident_set::link_newest(resident& r) {
  r.older = newest_;
  (newest_ ? newest_->newer : oldest_) = &r;
  newest_ = &r;
}

} // namespace riq
