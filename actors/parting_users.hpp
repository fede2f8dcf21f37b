#pragma once
// Where the users of shards that end go: a thread tells them to end little by little, while whoever
// took the shards over has the processors. A shard may have had a hundred thousand, and so many
// messages at once would stand in the workers' queue before all that others wait for.
//
// Lifecycle: the node's, from before its first shard until its stores are closed. A process that
// ends then takes those with it that have not been told.
// Threading: any thread.

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "messages/interfaces.hpp"

namespace riq {

/// Tells each to end, at once.
void end_users(std::span<const user_actor> users);

class parting_users {
 public:
  /// The first of them go after `pause`.
  explicit parting_users(std::chrono::milliseconds pause = std::chrono::seconds{1});
  ~parting_users();
  parting_users(const parting_users&) = delete;

  void take(std::vector<user_actor> users);

  /// Those that have not been told yet.
  std::size_t waiting() const;

  /// Tells all at once, also those that come later.
  void hurry();

 private:
  void run();

  const std::chrono::milliseconds pause_;
  mutable std::mutex mutex_;
  std::condition_variable wanted_;
  std::vector<user_actor> parting_;
  bool hurrying_ = false;
  std::thread thread_;
};

} // namespace riq
