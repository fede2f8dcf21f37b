#pragma once
// While somebody listens to the live stream: every two seconds the shop's numbers, and whether the
// node is ready when that changes. When nobody has listened for a minute, the stream rests.
//
// Threading: on its loop's thread.

#include "gateway/backend.hpp"
#include "gateway/live_ring.hpp"

#include <memory>
#include <optional>
#include <string>

namespace riq::gateway {

class stream_pulse {
 public:
  stream_pulse(backend& with, live_ring& ring, std::shared_ptr<io_loop> loop);

  /// Somebody listens. Any thread.
  void begin();

 private:
  void arm();
  void beat();
  void tell_numbers();
  void tell_health();

  backend& with_;
  live_ring& ring_;
  std::shared_ptr<io_loop> loop_;
  asio::steady_timer timer_;
  steady::time_point listened_;
  std::optional<std::string> health_; ///< what was told last, empty: ready
  bool running_ = false;
  bool stopped_ = false;
};

} // namespace riq::gateway
