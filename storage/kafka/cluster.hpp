#pragma once
// Everything of the Kafka adapter that a node uses, put together: the log, the state store whose
// commits are transactions, and the shards and event processors that two groups give to this node.
//
// Lifecycle: `open`, then the topics are ensured through the log, then `prepare`. Ends in the other
// order; actors that use it have ended before.

#include <memory>
#include <string>

#include "storage/kafka/log.hpp"
#include "storage/kafka/membership.hpp"
#include "storage/kafka/options.hpp"
#include "storage/kafka/restorer.hpp"
#include "storage/kafka/state.hpp"

namespace riq::storage::kafka {

class kafka_cluster {
 public:
  /// `local` outlives it. `node_id` is the node's own for as long as it keeps its disk.
  static result<std::unique_ptr<kafka_cluster>> open(options settings, state_store& local,
                                                     const std::string& node_id);
  /// Once the topics are there.
  error prepare();

  event_log& log() { return *log_; }
  state_store& state() { return *state_; }
  shard_ownership& ownership() { return *membership_; }
  /// The same for event processors, by a group of their own.
  shard_ownership& processors() { return *processors_; }
  kafka_figures figures() { return log_->brokers().figures().figures(); }

 private:
  kafka_cluster(options settings, state_store& local, std::string id)
    : settings_(std::move(settings)), local_(local), id_(std::move(id)) {}
  error bring(std::int32_t shard, const stop_asked& stop);
  error bring_processor(std::int32_t partition);

  const options settings_;
  state_store& local_;
  const std::string id_; ///< transactional id
  std::unique_ptr<kafka_log> log_;
  std::unique_ptr<restorer> restorer_;
  std::unique_ptr<membership> membership_;
  std::unique_ptr<membership> processors_;
  std::unique_ptr<kafka_state> state_;
};

} // namespace riq::storage::kafka
