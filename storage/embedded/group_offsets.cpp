#include "storage/embedded/group_offsets.hpp"

#include <algorithm>
#include <limits>

#include "storage/embedded/keys.hpp"

namespace riq::storage::embedded {

void group_offsets::restore(std::string_view key, std::int64_t next) {
  const std::lock_guard lock(mutex_);
  offsets_.insert_or_assign(std::string(key), next);
}

void group_offsets::commit(std::string_view group, std::uint32_t topic, std::int32_t partition,
                           std::int64_t next) {
  auto key = group_key(topic, partition, group);
  const std::lock_guard lock(mutex_);
  offsets_.insert_or_assign(key, next);
  changed_.insert_or_assign(std::move(key), next);
}

void group_offsets::keep(const std::vector<std::string>& groups, std::uint32_t topic,
                         std::int32_t partition) {
  const auto prefix = group_key(topic, partition, {});
  const std::lock_guard lock(mutex_);
  for (auto it = offsets_.lower_bound(prefix);
       it != offsets_.end() && it->first.starts_with(prefix);) {
    if (std::ranges::find(groups, std::string_view{it->first}.substr(prefix.size())) !=
        groups.end()) {
      ++it;
      continue;
    }
    changed_.insert_or_assign(it->first, -1);
    it = offsets_.erase(it);
  }
}

std::int64_t group_offsets::committed(std::string_view group, std::uint32_t topic,
                                      std::int32_t partition) const {
  const std::lock_guard lock(mutex_);
  const auto found = offsets_.find(group_key(topic, partition, group));
  return found == offsets_.end() ? -1 : found->second;
}

std::int64_t group_offsets::needed(std::uint32_t topic, std::int32_t partition) const {
  const auto prefix = group_key(topic, partition, {});
  auto lowest = std::numeric_limits<std::int64_t>::max();
  const std::lock_guard lock(mutex_);
  for (auto it = offsets_.lower_bound(prefix);
       it != offsets_.end() && it->first.starts_with(prefix); ++it)
    lowest = std::min(lowest, it->second);
  return lowest;
}

std::int64_t group_offsets::highest(std::uint32_t topic, std::int32_t partition) const {
  const auto prefix = group_key(topic, partition, {});
  std::int64_t highest = -1;
  const std::lock_guard lock(mutex_);
  for (auto it = offsets_.lower_bound(prefix);
       it != offsets_.end() && it->first.starts_with(prefix); ++it)
    highest = std::max(highest, it->second);
  return highest;
}

std::vector<group_offsets::change> group_offsets::take() {
  std::vector<change> changes;
  const std::lock_guard lock(mutex_);
  changes.reserve(changed_.size());
  for (const auto& [key, next] : changed_) changes.push_back({key, next});
  changed_.clear();
  return changes;
}

void group_offsets::give_back(std::vector<change> changes) {
  const std::lock_guard lock(mutex_);
  // What was committed since then is newer.
  for (auto& change : changes) changed_.try_emplace(std::move(change.key), change.next);
}

} // namespace riq::storage::embedded
