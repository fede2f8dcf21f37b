#pragma once
// The node's place among the others: which shards and event processors run here, where the other
// shards are, and the desk that answers for this node. On a node that is alone only the first is
// left; a node without a role leaves that part out.
//
// Lifecycle: `start` after storage and item model, `leave` once no request runs, then `end`.

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <caf/io/middleman_actor.hpp>

#include "actors/shard_table.hpp"
#include "config/endpoint.hpp"
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
    storage::shard_ownership& processors;
    std::function<shard_actor(std::int32_t partition)> spawn_shard;
    std::function<processor_actor(std::int32_t partition)> spawn_processor;
  };
  explicit node_cluster(parts with);

  error start();
  /// Stores and gives up all shards. False when that took longer.
  bool leave(std::chrono::milliseconds within);
  void end();

  const shard_table& table() const { return *table_; }

  /// Why this node cannot do its share yet, empty once it can. Any thread.
  error unready() const;

 private:
  error open_links();
  error open_desk(const endpoint& at);
  shard_questions reach(const std::string& endpoint);
  error start_shards();
  error start_processors();
  bool has_role(std::string_view role) const { return with_.config->node.has_role(role); }

  parts with_;
  std::shared_ptr<shard_table> table_;
  keeper_actor keeper_;
  directory_actor directory_;
  desk_actor desk_;
  caf::io::middleman_actor links_;   ///< opens links and listens for them
  caf::io::middleman_actor secured_; ///< the same when that is done with TLS, else null
};

} // namespace riq
