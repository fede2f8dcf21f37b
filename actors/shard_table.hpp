#pragma once
// Where each shard is: here, on another node, or nowhere yet; and which event processors run here.
// Read by the gateway for each request.
//
// Threading: any thread.

#include <cstdint>
#include <shared_mutex>
#include <string>
#include <utility>
#include <vector>

#include "messages/interfaces.hpp"

namespace riq {

class shard_table {
 public:
  explicit shard_table(std::int32_t partitions) : entries_(static_cast<std::size_t>(partitions)) {}

  std::int32_t size() const { return static_cast<std::int32_t>(entries_.size()); }

  /// Null when it is not on this node.
  shard_actor shard(std::int32_t partition) const {
    const std::shared_lock lock(mutex_);
    return has(partition) ? entries_[at(partition)].shard : shard_actor{};
  }
  processor_actor processor(std::int32_t partition) const {
    const std::shared_lock lock(mutex_);
    return has(partition) ? entries_[at(partition)].processor : processor_actor{};
  }

  /// Null when no other node is known to have it.
  shard_questions peer(std::int32_t partition) const {
    const std::shared_lock lock(mutex_);
    return has(partition) ? entries_[at(partition)].peer : shard_questions{};
  }
  /// The other node's endpoint, empty when none is known.
  std::string owner(std::int32_t partition) const {
    const std::shared_lock lock(mutex_);
    return has(partition) ? entries_[at(partition)].owner : std::string{};
  }

  void put(std::int32_t partition, shard_actor shard) {
    const std::unique_lock lock(mutex_);
    entries_[at(partition)].shard = std::move(shard);
  }
  void put(std::int32_t partition, processor_actor processor) {
    const std::unique_lock lock(mutex_);
    entries_[at(partition)].processor = std::move(processor);
  }
  /// Take the actor out.
  shard_actor remove_shard(std::int32_t partition) {
    const std::unique_lock lock(mutex_);
    return std::exchange(entries_[at(partition)].shard, {});
  }
  processor_actor remove_processor(std::int32_t partition) {
    const std::unique_lock lock(mutex_);
    return std::exchange(entries_[at(partition)].processor, {});
  }

  void set_owner(std::int32_t partition, std::string endpoint, shard_questions peer) {
    if (!has(partition)) return;
    const std::unique_lock lock(mutex_);
    entries_[at(partition)].owner = std::move(endpoint);
    entries_[at(partition)].peer = std::move(peer);
  }

 private:
  struct entry {
    shard_actor shard;
    processor_actor processor;
    std::string owner;
    shard_questions peer;
  };
  bool has(std::int32_t partition) const { return partition >= 0 && partition < size(); }
  static std::size_t at(std::int32_t partition) { return static_cast<std::size_t>(partition); }

  mutable std::shared_mutex mutex_;
  std::vector<entry> entries_;
};

} // namespace riq
