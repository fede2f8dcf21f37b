#pragma once
// One running node: storage, model, shards, processors and gateway, started in that order and
// stopped in the other.
//
// Lifecycle: `start` returns once the gateway listens; restoring goes on behind it and /readyz says
// when it is done. `stop` stops accepting, lets running requests end, stores every user, ends the
// actors and closes the stores; it is bounded by `stop_within`. Users' actors, of which there may
// be a million, are memory by then, and end with the node or the process. Threading: one thread
// starts and stops.

#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

#include "config/settings.hpp"
#include "messages/error.hpp"

namespace riq {

class node {
 public:
  static result<std::unique_ptr<node>> start(const settings& config);
  ~node();
  node(const node&) = delete;
  node& operator=(const node&) = delete;

  /// The ports that are listened on, in the order of the listener list.
  const std::vector<std::uint16_t>& ports() const;

  /// False when the shards could not store everything in time; a restart replays what is missing.
  bool stop(std::chrono::milliseconds stop_within);

 private:
  struct parts;
  explicit node(std::unique_ptr<parts> p);
  std::unique_ptr<parts> parts_;
  bool stopped_ = false;
};

} // namespace riq
