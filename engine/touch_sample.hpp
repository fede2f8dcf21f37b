#pragma once
// Which touches the item model learns from when there are more than every node is to take in.

#include <array>
#include <cstdint>

namespace riq::engine {

/// Sessions are in the sample as a whole or not at all, by a hash of their key. Each is with the
/// probability p, and a touch of the sample stands for 1/p touches, so that sums over the sample
/// estimate the sums over all without bias (Horvitz, Thompson, JASA 1952). p is the bound over the
/// rate before the touch, at most 1; the rate is the higher of those of the last second, as a burst
/// is not to be learned in full until it is a long one, and of the last ten, as a sample is to keep
/// its sessions. Times are the events' own: a replay of the same events draws the same sample, and
/// a long log that is read in a short time is learned in full if it was slow enough when it
/// happened. One owner, no locks.
class touch_sample {
 public:
  /// About `per_second` touches a second are in the sample, at most; 0: all are.
  explicit touch_sample(double per_second = 0) : bound_(per_second) {}

  /// Counts a touch of the session at `time` (epoch ms). Returns how many touches it stands for; 0:
  /// others stand for it.
  double weigh(std::uint64_t session_key, std::int64_t time);

 private:
  /// How many times the bound happens, up to and with the slot.
  double times_over(std::int64_t slot) const;

  // A few in a second, as the newest of a window has only begun.
  static constexpr std::int64_t slots_per_sec = 4;
  // More than clocks of devices may be ahead: events of such a time leave others' counts alone. Of
  // two times that share a slot the one met last has it.
  static constexpr std::size_t slots = 512 * slots_per_sec;
  struct slot {
    std::int64_t at = -1;
    std::uint32_t touches = 0;
  };
  static std::size_t place(std::int64_t at) { return static_cast<std::uint64_t>(at) % slots; }

  std::array<slot, slots> counts_{};
  double bound_; ///< a second
};

} // namespace riq::engine
