#pragma once
// Starts the shards that this node gains, and ends those it loses: it lets the shard store what it
// has, and only then lets go.
//
// Lifecycle: a shard is shown in the table at once, and announced to other nodes when it is ready.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "actors/shard_table.hpp"
#include "messages/interfaces.hpp"
#include "storage/event_log.hpp"

namespace riq {

struct keeper_config {
  std::shared_ptr<shard_table> table;
  std::function<shard_actor(std::int32_t partition)> spawn_shard;
  std::shared_ptr<storage::event_log> log;
  std::string endpoint; ///< where this node's desk is; empty: nothing is announced
};

struct keeper_state {
  static inline const char* name = "shard_keeper";

  explicit keeper_state(keeper_actor::pointer self) : self(self) {}

  void start(keeper_config c);
  void gained(const shards_gained& g);
  void lost(const shards_lost& l);
  void look_for_ready();
  void announce(std::int32_t partition, bool ready);

  /// Held by the shards that are on their way out together, each until nothing of it runs any more:
  /// who gets one of them back must not meet what it was.
  struct leaving {
    std::function<void()> released;
    ~leaving() {
      if (released) released();
    }
  };
  void end(std::int32_t partition, bool may_store, const std::shared_ptr<leaving>& with);
  static void stop(const shard_actor& shard, std::shared_ptr<leaving> with);

  keeper_actor::pointer self;
  keeper_config config;
  std::set<std::int32_t> unready; ///< not announced yet
};

keeper_actor::behavior_type shard_keeper(keeper_actor::stateful_pointer<keeper_state> self,
                                         keeper_config config);

} // namespace riq
