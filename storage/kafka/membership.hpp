#pragma once
// The node's place in a consumer group: the group's assignment of a topic says which partitions are
// this node's, as shards or for event processors. The member reads no records itself.
//
// A commit carries the group metadata that was captured in the callback of the last rebalance. The
// group cannot move a shard on before this node's callback has given it up, so metadata and shards
// always belong together: a node that was left behind has an old generation, and is refused.
//
// A node that loses its partitions because no broker can be reached may keep them, for reading: as
// far as it knows nobody else has them. It can commit nothing, and lets go as soon as the group
// speaks again.
//
// The group tells its members that one has come or left when they next speak to it. They do so more
// often when they know that one is about to leave.
//
// Threading: one thread polls the group, two restore what was gained; `claim` from any thread.

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "storage/kafka/client.hpp"
#include "storage/kafka/options.hpp"
#include "storage/kafka/topics.hpp"
#include "storage/ownership.hpp"

namespace riq::storage::kafka {

using group_metadata =
  std::shared_ptr<rd_kafka_consumer_group_metadata_t>; // destroyed with its last user

class membership final : public shard_ownership {
 public:
  /// What a commit may be made with.
  struct claim {
    group_metadata metadata; ///< null: nothing may be committed
    /// Owned, each with the number of its tenure: a shard that went and came back has another.
    std::map<std::int32_t, std::uint64_t> shards;
    std::set<std::int32_t> released; ///< of these, the ones that are being given up
  };
  /// What is shared out, and among whom.
  struct share {
    const topic& of;
    std::string group;
    std::string noun; ///< for the log: "shards"
    bool kept_without_brokers = false;
  };
  struct hooks {
    /// Brings the shard's state here; runs on a restoring thread, for two shards at once. May end
    /// with any error as soon as `stop` says that the node leaves.
    std::function<error(std::int32_t shard, const stop_asked& stop)> restore;
    /// Nothing of the shards runs any more: marks them as given up in order, while that may be
    /// said.
    std::function<void(const std::vector<std::int32_t>& shards)> release;
    /// How the shards came here; may be empty.
    std::function<std::vector<shard_restore>()> restores;
  };

  membership(const options& settings, share what, reachability& brokers, hooks act);
  ~membership() override;

  error start(listener who) override;
  bool leave(std::chrono::milliseconds within) override;
  void expect_change() override;
  error unready() const override;
  std::vector<shard_restore> restores() const override {
    return act_.restores ? act_.restores() : std::vector<shard_restore>{};
  }

  claim claims() const;

 private:
  static void rebalanced(rd_kafka_t*, rd_kafka_resp_err_t what,
                         rd_kafka_topic_partition_list_t* list, void* self);
  void assigned(const rd_kafka_topic_partition_list_t& list);
  void revoked(const rd_kafka_topic_partition_list_t& list, bool in_time);
  void keep(const std::vector<std::int32_t>& shards);
  void let_go_of_kept();
  bool end(const std::vector<std::int32_t>& shards, bool in_time);
  std::vector<std::int32_t> gained_of(const std::vector<std::int32_t>& shards) const;
  void capture();
  bool cooperative() const;
  std::chrono::milliseconds heartbeat() const;
  void poll();
  void end_poll();
  void restore_gained();
  bool owns(std::int32_t shard) const;

  const options& settings_;
  const share what_;
  reachability& brokers_;
  const hooks act_;
  listener who_;
  client_handle member_;
  queue_handle news_; ///< where the polling thread waits

  mutable std::mutex mutex_;
  std::condition_variable gained_;
  claim claim_;
  std::uint64_t tenures_ = 0; ///< begun so far
  std::deque<std::int32_t> to_restore_;
  /// Those that came as far as to start here, also those given up since the last assignment.
  std::set<std::int32_t> here_;
  std::set<std::int32_t> restoring_;
  error not_restored_; ///< why the last one could not be brought here
  bool all_released_ = true;

  // Of the polling thread.
  std::set<std::int32_t> kept_; ///< not this node's any more, and not known to be another's
  std::chrono::steady_clock::time_point alone_; ///< when no broker was there, the last time

  std::atomic<std::chrono::steady_clock::time_point> attentive_until_{};
  std::atomic<bool> assigned_once_{false};
  std::atomic<bool> stopping_{false};
  std::thread polling_;
  std::vector<std::thread> restoring_threads_;
};

} // namespace riq::storage::kafka
