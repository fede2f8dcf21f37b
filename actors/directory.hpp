#pragma once
// Follows `shard-owners` and keeps the table's other nodes up to date, each behind a peer. A peer
// ends some time after its node has the last of its shards, as nodes come back under new addresses.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "actors/shard_table.hpp"
#include "messages/interfaces.hpp"
#include "storage/event_log.hpp"

namespace riq {

struct directory_config {
  std::shared_ptr<shard_table> table;
  std::shared_ptr<storage::event_log> log;
  std::string endpoint; ///< this node's own
  /// Starts what asks the node at an endpoint; null for one that is no endpoint. The directory ends
  /// it.
  std::function<shard_questions(const std::string& endpoint)> reach;
  /// Hears of every shard that another node gives up, whether or not it had it; may be empty.
  std::function<void(const shard_owner&)> given_up;
};

struct directory_state {
  static inline const char* name = "directory";

  explicit directory_state(directory_actor::pointer self) : self(self) {}
  ~directory_state(); ///< ends its peers

  void start(directory_config c);
  void follow();
  void delivered(const log_delivery& d);
  void learn(const shard_owner& owner);
  void end_unneeded_peers();
  void tick();

  struct known_peer {
    shard_questions questions;
    int unneeded_ticks = 0; ///< in a row
  };

  directory_actor::pointer self;
  directory_config config;
  std::map<std::int32_t, std::string> owners; ///< endpoints by partition
  std::map<std::string, known_peer> peers;    ///< by endpoint
  std::unique_ptr<storage::subscription> following;
  std::int64_t next = 0;
};

directory_actor::behavior_type directory(directory_actor::stateful_pointer<directory_state> self,
                                         directory_config config);

} // namespace riq
