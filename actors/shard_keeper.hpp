#pragma once
// Starts the shards that this node gains, and ends those it loses: it lets the shard store what it
// has, and only then lets go. One that ends by a failure is started again on what is stored.
//
// Lifecycle: a shard is shown in the table at once, and announced to other nodes when it is ready.
// It is announced again when that was not stored, and when a node that was left behind gives it up:
// of all that was said of a shard, the log keeps the last.

#include <chrono>
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
  void begin(std::int32_t partition);
  void begin_again(std::int32_t partition);
  void ended(const caf::down_msg& d);
  void gained(const shards_gained& g);
  void lost(const shards_lost& l);
  void look_for_ready();
  void announce(std::int32_t partition, bool ready);
  void not_announced(const append_outcome& outcome);
  void given_up(const shard_owner& other);

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
  std::set<std::int32_t> held;    ///< of this node, be they alive or about to be started again
  std::set<std::int32_t> unready; ///< not announced yet

  struct failing {
    std::chrono::milliseconds pause{0};
    caf::actor_clock::time_point last;
  };
  std::map<std::int32_t, failing> failures;
};

keeper_actor::behavior_type shard_keeper(keeper_actor::stateful_pointer<keeper_state> self,
                                         keeper_config config);

} // namespace riq
