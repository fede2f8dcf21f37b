#include "engine/touch_sample.hpp"

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

double touch_sample::weigh(std::uint64_t session_key, std::int64_t time) {
  if (bound_ <= 0) return 1;
  const auto second = time / 1'000;
  const auto at = [&](std::int64_t s) -> slot& {
    return seconds_[static_cast<std::uint64_t>(s) % slots];
  };
  auto& own = at(second);
  if (own.second != second) own = {second, 0};
  ++own.touches;
  std::uint64_t recent = 0;
  for (auto s = second - window_sec + 1; s <= second; ++s)
    if (const auto& x = at(s); x.second == s) recent += x.touches;
  const auto over = static_cast<double>(recent) / bound_;
  if (over <= 1) return 1;
  return place_of(session_key) * over < 1 ? over : 0;
}

} // namespace riq::engine
