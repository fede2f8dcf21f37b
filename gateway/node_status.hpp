#pragma once
// How the parts of the node are: asked of all of them at once, before their other work, with a
// deadline. Who does not answer is told as such, and the others still are.

#include "gateway/backend.hpp"

#include <vector>

namespace riq::gateway {

struct node_status {
  std::vector<result<shard_status>> shards; ///< by partition
  std::vector<std::string> elsewhere; ///< by partition: the other node that has the shard, or empty
  std::vector<result<processor_status>> processors; ///< by partition
  std::vector<bool> processed_here;                 ///< by partition: its event processor is here
  error other;                                      ///< what else keeps the node from being ready
  std::vector<storage::shard_restore> restores;     ///< of shards that came here from other nodes
  result<model_status> model = error{ec::timed_out, "", "no answer"};

  /// Nothing once everything that this node has is restored and runs, and each shard is somewhere;
  /// else the first reason.
  error unready() const;

  /// The users and events of the shards that answered.
  shard_status all_shards() const;
  processor_status all_processors() const;
};

/// On an io thread; `done` is called on the same.
void ask_status(backend& with, unique_function<void(const node_status&)> done);

} // namespace riq::gateway
