#pragma once
// The node's log, state store and share of the shards, by `log.kind`.

#include <memory>

#include "config/settings.hpp"
#include "messages/error.hpp"
#include "storage/embedded/database.hpp"
#include "storage/event_log.hpp"
#include "storage/kafka/cluster.hpp"
#include "storage/ownership.hpp"
#include "storage/state_store.hpp"

namespace riq {

/// Outlives every actor: these are lent what they use.
struct node_storage {
  std::unique_ptr<storage::embedded::database> database;  ///< users' states, and the embedded log
  std::unique_ptr<storage::kafka::kafka_cluster> brokers; ///< with log.kind = "kafka"
  std::unique_ptr<storage::sole_ownership> own_shards;    ///< without
  std::unique_ptr<storage::sole_ownership> own_processors;

  storage::event_log& log() const { return brokers ? brokers->log() : database->log(); }
  storage::state_store& state() const { return brokers ? brokers->state() : database->state(); }
  storage::shard_ownership& ownership() const {
    if (brokers) return brokers->ownership();
    return *own_shards;
  }
  storage::shard_ownership& processors() const {
    if (brokers) return brokers->processors();
    return *own_processors;
  }

  void close() {
    own_processors.reset();
    own_shards.reset();
    brokers.reset();
    database.reset();
  }
};

/// Opens the data directory and, with Kafka, waits for a broker; makes the topics that are missing.
/// Blocks.
result<node_storage> open_storage(const settings& config);

} // namespace riq
