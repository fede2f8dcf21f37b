#include "engine/touch_sample.hpp"

#include <algorithm>

namespace riq::engine {
namespace {

/// A number in [0,1) for each key. Mixed, as tables of keys go by the same bits.
double place_of(std::uint64_t key) {
  key *= 0x9e3779b97f4a7c15ULL;
  key ^= key >> 32;
  key *= 0xd6e8feb86659fd93ULL;
  return static_cast<double>(key >> 11) * 0x1.0p-53;
}

} // namespace

double touch_sample::times_over(std::int64_t slot) const {
  constexpr std::int64_t windows_sec[] = {1, 10};
  double most = 0;
  std::uint64_t touches = 0;
  auto at = slot;
  for (const auto window : windows_sec) {
    for (; at > slot - window * slots_per_sec; --at)
      if (const auto& x = counts_[place(at)]; x.at == at) touches += x.touches;
    most = std::max(most, static_cast<double>(touches) / (bound_ * static_cast<double>(window)));
  }
  return most;
}

double touch_sample::weigh(std::uint64_t session_key, std::int64_t time) {
  if (bound_ <= 0) return 1;
  const auto now = time * slots_per_sec / 1'000;
  auto& own = counts_[place(now)];
  if (own.at != now) own = {now, 0};
  ++own.touches;
  const auto over = times_over(now);
  if (over <= 1) return 1;
  return place_of(session_key) * over < 1 ? over : 0;
}

} // namespace riq::engine
