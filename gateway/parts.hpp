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

class ui_files;

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

  /// The shard that has this partition of `processed-events`. Any thread.
  std::function<shard_actor(std::int32_t partition)> shard;
  std::vector<processor_actor> processors;
  model_actor model;
  dead_letter_actor dead_letters;

  /// Checks a decision id; `ec::invalid` with field `decisionId`. Any thread.
  std::function<result<read_decision>(std::string_view token)> decision;

  /// A list for a user whose own answer does not come in time: a JSON array of recommendations
  /// that depends on no user, from memory. May be empty. Any thread.
  std::function<std::string(const recommend& question)> popular;

  /// More members for GET /api/inspect/node. May be empty. Any thread.
  std::function<void(json_writer& w)> describe;

  /// The built dashboard. May be empty: a page then tells how to build it.
  std::shared_ptr<const ui_files> ui;

  /// More metrics for the page.
  std::vector<std::shared_ptr<prometheus::Collectable>> metrics;
};

} // namespace riq::gateway
