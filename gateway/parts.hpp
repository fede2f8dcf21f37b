#pragma once
// What the gateway talks to. The node fills it in; a test puts small actors and a log in memory.

#include "config/settings.hpp"
#include "messages/analytics.hpp"
#include "messages/interfaces.hpp"
#include "messages/json.hpp"
#include "storage/event_log.hpp"
#include "storage/ownership.hpp"

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
  std::uint32_t campaign_version = 0;
  double propensity = 1;
  std::uint32_t window_hours = 0; ///< in which an outcome counts
  reward_kind reward = reward_kind::outcome;
  double cost = 0;
  double margin_rate = 1;
};

/// What a unique code tells once its signature was checked.
struct read_code {
  std::string user_id;
  std::string campaign;
  std::string arm;
  std::uint64_t decision = 0; ///< hash of the decision id
  std::int64_t expires = 0;   ///< epoch milliseconds
};

/// What the engine makes of the shards' answers; see engine/analytics/tabulate.hpp. Any thread.
struct analytics_parts {
  const std::vector<analytic_description>& (*descriptions)() = nullptr;
  void (*settle)(analytics_request& r) = nullptr;
  ask_analytics (*question)(const analytics_request& r) = nullptr;
  void (*merge)(analytics_slice& to, const analytics_slice& x) = nullptr;
  analytics_table (*tabulate)(const analytics_request& r, analytics_slice& slice) = nullptr;
  ask_analytics (*pulse_question)(std::int64_t now) = nullptr;
  analytics_table (*pulse)(std::int64_t now, const analytics_slice& slice) = nullptr;
  std::function<std::int64_t()> now;    ///< engine time
  std::function<std::uint64_t()> items; ///< in the catalogue; may be empty
};

class live_ring;

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

  /// What else keeps the node from being ready, and how its shards came here. May be empty. Any
  /// thread.
  std::function<error()> unready;
  std::function<std::vector<storage::shard_restore>()> restores;
  model_actor model;
  campaigns_actor campaigns;
  offer_log_actor offer_log;
  dead_letter_actor dead_letters;
  trigger_rules_actor trigger_rules;
  trigger_log_actor trigger_log;

  /// Checks a decision id; `ec::invalid` with field `decisionId`. Any thread.
  std::function<result<read_decision>(std::string_view token)> decision;

  /// Checks a unique code; `ec::not_found` with field `code`. Any thread.
  std::function<result<read_code>(std::string_view text)> code;

  /// A list for a user whose own answer does not come in time: a JSON array of recommendations
  /// that depends on no user, from memory. May be empty. Any thread.
  std::function<std::string(const recommend& question)> popular;

  analytics_parts analytics;

  /// What the actors publish live; null: there is no live stream.
  std::shared_ptr<live_ring> live;

  /// More members for GET /api/inspect/node. May be empty. Any thread.
  std::function<void(json_writer& w)> describe;

  /// The value of GET /api/inspect/kafka; empty on the embedded log. Any thread.
  std::function<void(json_writer& w)> describe_kafka;

  /// The built dashboard. May be empty: a page then tells how to build it.
  std::shared_ptr<const ui_files> ui;

  /// More metrics for the page.
  std::vector<std::shared_ptr<prometheus::Collectable>> metrics;
};

} // namespace riq::gateway
