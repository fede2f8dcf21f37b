#pragma once
// The parts of the live stream, as the gateway puts them together.

#include <memory>
#include <vector>

namespace riq::gateway {

class live_ring;
class stream_fanout;
class stream_pulse;

struct live_streams {
  std::shared_ptr<live_ring> ring;
  std::vector<std::unique_ptr<stream_fanout>> fanouts; ///< by io loop
  std::unique_ptr<stream_pulse> pulse;

  live_streams();
  ~live_streams();
};

} // namespace riq::gateway
