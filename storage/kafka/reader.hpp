#pragma once
// Follows partitions. Each subscription has a queue of its own in the client, out of which one
// thread takes as much as there is credit for; the client stops fetching a partition whose queue is
// full, so nothing is ever paused or resumed.
//
// A client follows a partition once only; a partition that is followed twice takes a second client.
// Topics on a shopper's way have clients of their own (lanes, in reader.cpp).
// Threading: any thread. Sinks run on the reader's thread.

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "storage/event_log.hpp"
#include "storage/kafka/client.hpp"
#include "storage/kafka/options.hpp"
#include "storage/kafka/stream.hpp"
#include "storage/kafka/topics.hpp"

namespace riq::storage::kafka {

class reader {
 public:
  reader(const options& settings, const topic_table& topics, reachability& brokers);
  ~reader(); ///< ends every subscription
  reader(const reader&) = delete;

  /// `where` null: the sink gets `ec::not_found`.
  std::unique_ptr<subscription> subscribe(topic* where, topic_partition name, std::int64_t from,
                                          batch_sink sink);

  /// The newest end that a fetch has told of; also while there is no credit.
  void look_at_end(topic& t, std::int32_t partition) const;

 private:
  friend class stream;

  struct follower_client {
    std::size_t lane = 0;
    client_handle client;
    std::set<std::pair<const topic*, std::int32_t>> followed;
    std::map<const topic*, topic_handle> known; // whose leaders it has asked for
  };
  enum class step : std::uint8_t { start, read, stop };

  void enqueue(step what, std::shared_ptr<stream> of);
  void run();
  void start(stream& s);
  void stop(stream& s);
  void read(const std::shared_ptr<stream>& s);
  error lost_place(const stream& s) const;
  result<std::size_t> client_for(const topic& t, std::int32_t partition);

  void ask_for_leaders(follower_client& c, const std::vector<topic*>& topics) const;

  const options& settings_;
  const topic_table& topics_;
  reachability& brokers_;

  mutable std::mutex clients_mutex_; // changed by the thread only
  std::vector<follower_client> clients_;

  std::mutex mutex_;
  std::condition_variable wanted_;
  std::deque<std::pair<step, std::shared_ptr<stream>>> steps_;
  bool stopping_ = false;
  std::thread thread_;
};

} // namespace riq::storage::kafka
