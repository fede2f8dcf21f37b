#pragma once
// The node's log and state store, by `log.kind`.

#include <memory>

#include "config/settings.hpp"
#include "messages/error.hpp"
#include "storage/embedded/database.hpp"
#include "storage/event_log.hpp"
#include "storage/state_store.hpp"

namespace riq {

/// Outlives every actor: these are lent what they use.
struct node_storage {
  std::unique_ptr<storage::embedded::database> database; ///< users' states, and the embedded log
  std::unique_ptr<storage::event_log> broker_log;        ///< with log.kind = "kafka"

  storage::event_log& log() const { return broker_log ? *broker_log : database->log(); }
  storage::state_store& state() const { return database->state(); }
};

/// Opens the data directory and, with Kafka, waits for a broker; makes the topics that are missing.
/// Blocks.
result<node_storage> open_storage(const settings& config);

} // namespace riq
