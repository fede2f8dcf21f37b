#pragma once
// The listeners and the io threads. Every listener serves every route; accepted sockets go to the
// io threads in turn.
//
// Threading: start and stop from one thread; the rest runs on the io threads.
// Lifecycle: `start` takes all ports or none. `stop` closes the listeners, lets running requests
// finish within http_limits::stop_grace, and ends the threads.

#include "config/load.hpp"
#include "gateway/dispatcher.hpp"
#include "gateway/io_loop.hpp"
#include "messages/error.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace riq::gateway {

class server {
 public:
  server(std::vector<std::shared_ptr<io_loop>> loops, std::shared_ptr<dispatcher> application);
  ~server();

  /// Binds all listeners, then accepts. `ec::conflict` naming port and setting for a taken one.
  error start(const std::vector<listener_setting>& listeners);

  /// The ports that were bound, in the order of the listeners.
  const std::vector<std::uint16_t>& ports() const { return ports_; }

  void stop();

 private:
  struct acceptor;

  error bind(const listener_setting& l);
  void accept_next(std::shared_ptr<acceptor> a);
  void accepted(std::shared_ptr<io_loop> loop, tcp_socket socket);

  std::vector<std::shared_ptr<io_loop>> loops_;
  std::shared_ptr<dispatcher> application_;
  std::vector<std::shared_ptr<acceptor>> acceptors_;
  std::vector<std::uint16_t> ports_;
  std::atomic<std::size_t> turn_{0};
  std::atomic<bool> stopping_{false};
};

/// Makes loops that look at their deadlines often enough for these limits.
std::vector<std::shared_ptr<io_loop>> make_loops(std::size_t count, const http_limits& bounds);

/// Lets the process have as many descriptors as its hard limit allows; that number.
std::size_t raise_descriptor_limit();

} // namespace riq::gateway
