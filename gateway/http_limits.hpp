#pragma once
// The bounds of the HTTP server, in the units it works with.

#include "config/settings.hpp"

#include <chrono>
#include <cstddef>

namespace riq::gateway {

struct http_limits {
  std::size_t connections = defaults::http_max_connections;
  std::size_t in_flight = defaults::http_max_in_flight;
  std::size_t in_flight_per_user = defaults::http_max_in_flight_per_user;
  std::size_t header_bytes = defaults::http_header_bytes;
  std::size_t target_bytes = 4096; ///< half of the header's room; what is longer is 414
  std::size_t body_bytes = defaults::http_body_bytes;
  std::size_t buffered_bytes = 256 * 1024 * 1024; ///< of all large bodies that are arriving
  std::size_t line_bytes = defaults::http_line_bytes;
  std::size_t pipelined = 64; ///< requests of one connection that wait for their answers
  /// An answered request whose unread body is at most this long keeps its connection.
  std::size_t drain_bytes = 64 * 1024;
  /// Answers a client did not fetch yet; above it no further request of that client is read.
  std::size_t unsent_bytes = 256 * 1024;
  std::chrono::milliseconds header_timeout{defaults::http_header_timeout_ms};
  std::chrono::milliseconds body_timeout{defaults::http_body_timeout_ms};
  std::chrono::milliseconds idle_timeout{defaults::http_idle_timeout_ms};
  /// After a fatal answer we read on this long, so that a reset does not overtake the answer.
  std::chrono::milliseconds linger{1'000};
  /// How long running requests may take once the server stops.
  std::chrono::milliseconds stop_grace{5'000};

  static http_limits from(const http_settings& s) {
    http_limits l;
    l.connections = s.max_connections;
    l.in_flight = s.max_in_flight;
    l.in_flight_per_user = s.max_in_flight_per_user;
    l.header_bytes = s.header_bytes;
    l.target_bytes = s.header_bytes / 2;
    l.body_bytes = s.body_bytes;
    l.line_bytes = s.line_bytes;
    l.header_timeout = std::chrono::milliseconds{s.header_timeout_ms};
    l.body_timeout = std::chrono::milliseconds{s.body_timeout_ms};
    l.idle_timeout = std::chrono::milliseconds{s.idle_timeout_ms};
    return l;
  }
};

} // namespace riq::gateway
