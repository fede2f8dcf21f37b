#pragma once
// How a target's actor calls out, without knowing sockets.

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "messages/local.hpp"

namespace riq {

struct webhook_call {
  std::uint64_t call = 0; ///< comes back in the answer
  std::string url;        ///< http:// or https://, checked by the configuration
  std::string body;       ///< JSON
  std::vector<std::pair<std::string, std::string>> headers;
  std::uint32_t timeout_ms = 0; ///< of the whole: name, connection, answer
  std::string ca_file;          ///< for https; empty: the system's authorities
};

class webhook_client {
 public:
  virtual ~webhook_client() = default;

  /// Makes the call and tells `done` once, on a thread of its own, what came of it; at once, with
  /// status 0, when the client is stopping. Any thread; never blocks.
  virtual void post(webhook_call call, std::function<void(webhook_answer)> done) = 0;
};

} // namespace riq
