#pragma once
// How likely each of several uncertain values is the largest.

#include <span>
#include <vector>

namespace riq::engine {

struct uncertain {
  double mean = 0;
  double deviation = 0; ///< above 0
};

/// The probability of each to be the largest, for independent normal values, by quadrature: within
/// 0.5 % of the truth, and they sum to 1. This is what Thompson sampling (Thompson, Biometrika 25,
/// 1933) would draw with; knowing it, the draw's propensity is exact. At most 1 value: {1}.
std::vector<double> best_of(std::span<const uncertain> values);

} // namespace riq::engine
