#pragma once
// Brings a shard's state to this node: what the local store has is a prefix of the shard's
// changelog, so only the rest is read.
//
// The position is read before the changelog's end and never passes it: a state that is newer than
// its position is harmless, as users skip what they hold, an older one would lose events.

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "storage/kafka/client.hpp"
#include "storage/kafka/options.hpp"
#include "storage/kafka/topics.hpp"
#include "storage/ownership.hpp"
#include "storage/state_store.hpp"

namespace riq::storage::kafka {

class restorer {
 public:
  /// `own_id` is this node's transactional id.
  restorer(const options& settings, state_store& local, const topic& events, topic& changelog,
           std::string own_id, reachability& brokers)
    : settings_(settings), local_(local), events_(events), changelog_(changelog),
      own_id_(std::move(own_id)), brokers_(brokers) {}

  error open();

  /// May run for several shards at once. Blocks, after `stop` for as long as brokers take to answer
  /// one question. The offset of `processed-events` to go on from, -1: from the oldest.
  result<std::int64_t> restore(std::int32_t shard, const stop_asked& stop);

  /// How each shard's last restore went, or goes. Any thread.
  std::vector<shard_restore> progress() const;

 private:
  using clock = std::chrono::steady_clock;
  struct course {
    shard_restore told;
    clock::time_point begin;
  };
  void begin(std::int32_t shard);
  void took(std::int32_t shard, const state_commit& batch, std::int64_t left);
  void end(std::int32_t shard);
  struct committed {
    std::int64_t position = -1;
    std::string by; ///< transactional id of a node that has not given the shard up
  };
  result<committed> committed_by(std::int32_t shard, rd_kafka_t* asking) const;
  error fence(const std::string& id);
  result<std::int64_t> changelog_end(std::int32_t shard) const;
  error read_changelog(std::int32_t shard, std::int64_t from, std::int64_t end,
                       const stop_asked& stop);

  const options& settings_;
  state_store& local_;
  const topic& events_;
  topic& changelog_;
  const std::string own_id_;
  reachability& brokers_;
  client_handle stable_;  // sees what is decided
  client_handle current_; // sees also what is under way
  std::mutex fencing_;

  mutable std::mutex mutex_;
  std::map<std::int32_t, course> courses_; // by shard
};

/// The store's number for a shard's place in its changelog.
std::int32_t changelog_place(std::int32_t shard);

} // namespace riq::storage::kafka
