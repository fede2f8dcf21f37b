#pragma once
// Where the users of shards that end go: they are let go of little by little, by a thread of its
// own, while whoever took the shards over has the processors. A shard may have had a hundred
// thousand, and a message to each would stand in the workers' queue before all that others wait
// for.
//
// Lifecycle: the node's, from before its first shard until it waits for all actors to end.
// Threading: any thread.

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "messages/interfaces.hpp"

namespace riq {

class parting_users {
 public:
  /// The first of them go after `pause`.
  explicit parting_users(std::chrono::milliseconds pause = std::chrono::seconds{1});
  ~parting_users();
  parting_users(const parting_users&) = delete;

  /// Nobody else may have handed them out: they end when they are let go of.
  void take(std::vector<user_actor> users);

  /// Lets go of all, also of those that come later, at once: the node stops.
  void hurry();

 private:
  void run();

  const std::chrono::milliseconds pause_;
  std::mutex mutex_;
  std::condition_variable wanted_;
  std::deque<std::vector<user_actor>> parting_;
  bool hurrying_ = false;
  std::thread thread_;
};

} // namespace riq
