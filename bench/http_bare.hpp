#pragma once
// The yardstick: a bare Beast server in the manner of Beast's own examples, which answers every
// request with the same bytes.

#include <cstdint>
#include <memory>
#include <string>

namespace riq::bench {

class bare_server {
 public:
  /// Serves `body` as JSON on a free port of 127.0.0.1, with one io_context for each thread.
  bare_server(std::size_t threads, std::string body);
  ~bare_server();

  std::uint16_t port() const;

 private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace riq::bench
