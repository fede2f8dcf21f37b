#include "actors/snapshot_buffer.hpp"

#include <utility>

namespace riq {
namespace {

std::int64_t older(std::int64_t a, std::int64_t b) {
  if (a < 0) return b;
  return b < 0 || a < b ? a : b;
}

} // namespace

void snapshot_buffer::put(const std::string& user, snapshot s) {
  const auto found = waiting_.find(user);
  if (found == waiting_.end()) {
    waiting_.emplace(user, std::move(s));
    return;
  }
  s.first_dirty = older(s.first_dirty, found->second.first_dirty);
  s.old_due = found->second.old_due;
  found->second = std::move(s);
}

const snapshot_buffer::snapshot* snapshot_buffer::find(std::string_view user) const {
  if (const auto w = waiting_.find(user); w != waiting_.end()) return &w->second;
  if (const auto s = storing_.find(user); s != storing_.end()) return &s->second;
  return nullptr;
}

std::vector<storage::state_write> snapshot_buffer::begin(std::int64_t passed_on) {
  std::vector<storage::state_write> writes;
  for (auto it = waiting_.begin(); it != waiting_.end();) {
    if (it->second.applied >= passed_on) {
      ++it;
      continue;
    }
    auto node = waiting_.extract(it++);
    const auto& s = node.mapped();
    writes.push_back(
      {node.key(), s.bytes.empty() ? std::nullopt : std::optional{s.bytes}, s.due, s.old_due});
    storing_.insert(std::move(node));
  }
  return writes;
}

void snapshot_buffer::failed() {
  for (auto& [user, s] : storing_) {
    const auto newer = waiting_.find(user);
    if (newer == waiting_.end()) {
      waiting_.emplace(user, std::move(s));
    } else {
      newer->second.first_dirty = older(newer->second.first_dirty, s.first_dirty);
      newer->second.old_due = s.old_due;
    }
  }
  storing_.clear();
}

std::int64_t snapshot_buffer::oldest_waiting() const {
  std::int64_t oldest = -1;
  for (const auto& [user, s] : waiting_) oldest = older(oldest, s.first_dirty);
  return oldest;
}

} // namespace riq
