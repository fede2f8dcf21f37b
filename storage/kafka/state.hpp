#pragma once
// The state store port on a Kafka cluster: states are kept in the local store, and every commit
// goes first, as one transaction, to the changelog and to the group's positions, from where another
// node can take over. The commits of all shards that wait share a transaction.
//
// A commit is refused when the shard is not this node's: by what the node knows itself, and by the
// brokers, to which it shows the group's generation. One that was asked for before the shard went
// away and came back is refused too: it would put what the shard was then over what others made of
// it, where the restored shard does not look for changes.
//
// Threading: as the port. One thread commits.

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "storage/kafka/client.hpp"
#include "storage/kafka/membership.hpp"
#include "storage/kafka/options.hpp"
#include "storage/kafka/topics.hpp"
#include "storage/state_store.hpp"

namespace riq::storage::kafka {

class kafka_state final : public state_store {
 public:
  struct parts {
    const options& settings;
    state_store& local;
    const topic& events;    ///< processed-events
    const topic& changelog; ///< user-state
    /// What commits rely on is stored before them; false when it takes longer.
    std::function<bool(std::chrono::milliseconds)> await_relaxed;
    reachability& brokers;
    std::string transactional_id;
    std::function<membership::claim()> claims;
  };
  explicit kafka_state(parts with);
  ~kafka_state() override;

  error load(std::int32_t shard, std::vector<std::string> keys, load_done done) override;
  error commit(state_commit batch, std::function<void(error)> done) override;
  std::int64_t position(std::int32_t shard) const override;
  error due(std::int32_t shard, due_entry from, std::int64_t until, std::size_t limit,
            due_done done) override;
  error scan(std::int32_t shard, std::string from, std::size_t limit, scan_done done) override;
  std::uint64_t approximate_keys(std::int32_t shard) const override;
  std::uint64_t bytes_on_disk() const override;

  /// Before a shard is restored: nothing that its last time here left behind is on its way or known
  /// any more; what still waits will be refused. Blocks for as long as the brokers take to answer.
  void await_settled(std::int32_t shard);

  /// Where the restored shard goes on.
  void restored(std::int32_t shard, std::int64_t position);

  /// Commits the shards' positions once more, without this node's name. Blocks, for a while at
  /// most.
  void release(const std::vector<std::int32_t>& shards);

 private:
  struct work {
    state_commit batch;
    std::function<void(error)> done;
    std::uint64_t tenure = 0;        ///< in which it was asked for
    std::int64_t changelog_end = -1; ///< behind its last record
  };

  static bool is_current(const work& w, const membership::claim& claim);
  error enqueue(std::vector<work> works);
  void run();
  void commit_all(std::vector<work> taken);
  error transact(std::vector<work*>& works, const membership::claim& claim);
  error send(work& w);
  error decide(std::vector<work*>& works, const membership::claim& claim);
  error ready_client();
  void undo(bool abortable);
  void keep(work& w);
  static void delivered(rd_kafka_t*, const rd_kafka_message_t* message, void*);

  const parts with_;
  mutable std::mutex mutex_;
  std::condition_variable wanted_;
  std::condition_variable settled_;
  std::vector<work> queue_;
  std::set<std::int32_t> under_way_; ///< shards whose works the thread has taken
  std::map<std::int32_t, std::int64_t> positions_;
  bool stopping_ = false;

  // The thread's own.
  client_handle client_; // null until it is needed, and after it failed for good
  topic_handle changelog_;
  std::thread thread_;
};

} // namespace riq::storage::kafka
