#pragma once
// Which touches the item model learns from when there are more than every node is to take in.

#include <array>
#include <cstdint>

namespace riq::engine {

/// Sessions are in the sample as a whole or not at all, by a hash of their key. Each is with the
/// probability p, and a touch of the sample stands for 1/p touches, so that sums over the sample
/// estimate the sums over all without bias (Horvitz, Thompson, JASA 1952). p is the bound over the
/// rate of the ten seconds before the touch, at most 1, by the events' own time: a replay of the
/// same events draws the same sample, and a long log that is read in a short time is learned in
/// full if it was slow enough when it happened. One owner, no locks.
class touch_sample {
 public:
  static constexpr std::int64_t window_sec = 10;

  /// About `per_second` touches a second are in the sample, at most; 0: all are.
  explicit touch_sample(double per_second = 0) : bound_(per_second * window_sec) {}

  /// Counts a touch of the session at `time` (epoch ms). Returns how many touches it stands for; 0:
  /// others stand for it.
  double weigh(std::uint64_t session_key, std::int64_t time);

 private:
  // More than clocks of devices may be ahead: events of such a time leave others' counts alone. Of
  // two seconds that share a slot the one met last has it.
  static constexpr std::size_t slots = 512;
  struct slot {
    std::int64_t second = -1;
    std::uint64_t touches = 0;
  };
  std::array<slot, slots> seconds_{};
  double bound_; ///< in a window
};

} // namespace riq::engine
