#pragma once
// What the gateway talks to. The node fills it in; a test puts small actors and a log in memory.

#include "config/settings.hpp"
#include "messages/interfaces.hpp"
#include "messages/json.hpp"
#include "storage/event_log.hpp"

#include <prometheus/collectable.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace caf {
class actor_system;
}

namespace riq::gateway {

/// What a decision id tells once its signature was checked.
struct read_decision {
  std::string user_id;
  std::string campaign;
  std::string arm;
  std::int64_t time = 0; ///< of the decision, epoch milliseconds
};

struct parts {
  caf::actor_system* system = nullptr;
  storage::event_log* log = nullptr; ///< outlives the gateway
  settings config;

  /// The shard that has this partition of `processed-events` and its event processor, null when
  /// they are not on this node. Any thread.
  std::function<shard_actor(std::int32_t partition)> shard;
  std::function<processor_actor(std::int32_t partition)> processor;

  /// What asks the shard on another node, null when none is known to have it, and that node's
  /// endpoint. May be empty. Any thread.
  std::function<shard_questions(std::int32_t partition)> peer;
  std::function<std::string(std::int32_t partition)> owner;
  model_actor model;
  dead_letter_actor dead_letters;

  /// Checks a decision id; `ec::invalid` with field `decisionId`. Any thread.
  std::function<result<read_decision>(std::string_view token)> decision;

  /// A list for a user whose own answer does not come in time: a JSON array of recommendations
  /// that depends on no user, from memory. May be empty. Any thread.
  std::function<std::string(const recommend& question)> popular;

  /// More members for GET /api/inspect/node. May be empty. Any thread.
  std::function<void(json_writer& w)> describe;

  /// More metrics for the page.
  std::vector<std::shared_ptr<prometheus::Collectable>> metrics;
};

} // namespace riq::gateway
