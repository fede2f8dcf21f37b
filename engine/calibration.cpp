#include "engine/calibration.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <vector>

namespace riq::engine {

namespace {

constexpr std::array<float, signal_count> start = {
  2.0F, // neighbours
  1.0F, // neighbours_share
  1.5F, // follows_last
  1.5F, // covisits
  1.0F, // same_category
  0.5F, // same_parent
  0.3F, // same_brand
  0.5F, // same_pair
  1.0F, // last_category
  0.5F, // last_pair
  0.5F, // price_fit
  0.5F, // tags
  0.5F, // in_cart
  1.0F, // popular
  1.0F, // category_rank
  0.2F, // conversion
  1.0F, // trending
  1.0F, // lately
  0.2F, // fresh
  1.0F, // met_in_session
  1.0F, // met_before
};

constexpr float rate = 0.15F;
constexpr float pull = 0.0005F;   // towards `start`, of the distance a lesson
constexpr float fading = 0.9998F; // of the squares: steps never become too small to follow a drift
constexpr float first_square = 1.0F;

} // namespace

calibration::calibration() : weights_(start) {
  squares_.fill(first_square);
}

bool calibration::due(const session_update& touch) {
  const auto of = std::min(few, static_cast<std::uint64_t>(std::max(touch.weight, 1.0)));
  if ((touch.session_key / 64 + static_cast<std::uint64_t>(touch.time)) % of != 0) return false;
  const auto n = asked_++;
  // One in 2^k, k growing with the logarithm of what was seen.
  const auto every = std::min(std::bit_floor(n / dense + 1), sparsest);
  return n % every == 0;
}

void calibration::learn(std::span<const signal_block> candidates, std::size_t count,
                        std::size_t right) {
  thread_local std::vector<float> odds; // by candidate, 0 in the lanes that are nobody's
  odds.resize(candidates.size() * lanes);
  for (std::size_t b = 0; b < candidates.size(); ++b) {
    floats z{};
    for (std::size_t s = 0; s < signal_count; ++s) z += weights_[s] * candidates[b][s];
    std::memcpy(&odds[b * lanes], &z, sizeof z);
  }
  const auto end = odds.begin() + static_cast<std::ptrdiff_t>(count);
  const auto highest = *std::max_element(odds.begin(), end);
  float sum = 0;
  std::for_each(odds.begin(), end, [&](float& z) { sum += z = std::exp(z - highest); });
  std::fill(end, odds.end(), 0.0F);
  signal_block expected{};
  for (std::size_t b = 0; b < candidates.size(); ++b) {
    floats p;
    std::memcpy(&p, &odds[b * lanes], sizeof p);
    p /= sum;
    for (std::size_t s = 0; s < signal_count; ++s) expected[s] += p * candidates[b][s];
  }
  for (std::size_t s = 0; s < signal_count; ++s) {
    const auto& e = expected[s];
    const auto slope = candidates[right / lanes][s][right % lanes] - (e[0] + e[1] + e[2] + e[3]);
    squares_[s] = squares_[s] * fading + slope * slope;
    weights_[s] += rate * slope / std::sqrt(squares_[s]) + pull * (start[s] - weights_[s]);
  }
  ++lessons_;
}

} // namespace riq::engine
