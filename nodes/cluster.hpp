#pragma once
// The node's place among the others: which shards run here, where the others are, and the desk that
// answers for this node. On a node that is alone only the first is left.
//
// Lifecycle: `start` after storage and item model, `leave` once no request runs, then `end`.

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include <caf/fwd.hpp>

#include "actors/shard_table.hpp"
#include "config/settings.hpp"
#include "messages/interfaces.hpp"
#include "storage/event_log.hpp"
#include "storage/ownership.hpp"

namespace riq {

class node_cluster {
 public:
  struct parts {
    caf::actor_system& system;
    std::shared_ptr<const settings> config;
    std::shared_ptr<storage::event_log> log;
    storage::shard_ownership& ownership;
    std::function<shard_actor(std::int32_t partition)> spawn_shard;
    std::function<processor_actor(std::int32_t partition)> spawn_processor;
  };
  explicit node_cluster(parts with);

  error start();
  /// Stores and gives up all shards. False when that took longer.
  bool leave(std::chrono::milliseconds within);
  void end();

  const shard_table& table() const { return *table_; }

 private:
  error open_desk();
  shard_questions reach(const std::string& endpoint);

  parts with_;
  std::shared_ptr<shard_table> table_;
  keeper_actor keeper_;
  directory_actor directory_;
  desk_actor desk_;
};

} // namespace riq
