#pragma once
// How long something takes, as a part of a status: the last time, and a histogram.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <tuple>

#include "config/fields.hpp"

namespace riq {

struct durations {
  /// Upper bounds of the histogram in milliseconds; what took longer is in the last count.
  static constexpr std::array<double, 11> bounds_ms{2,   5,     10,    25,     50,    100,
                                                    250, 1'000, 2'500, 10'000, 60'000};

  std::uint64_t count = 0;
  double last_ms = 0;
  double sum_ms = 0;
  std::array<std::uint64_t, bounds_ms.size() + 1> within{}; ///< each time in one of them

  void add(double ms) {
    ++count;
    last_ms = ms;
    sum_ms += ms;
    ++within[static_cast<std::size_t>(std::lower_bound(bounds_ms.begin(), bounds_ms.end(), ms) -
                                      bounds_ms.begin())];
  }

  static constexpr auto fields() {
    using s = durations;
    return std::tuple{field("count", &s::count), field("lastMs", &s::last_ms),
                      field("sumMs", &s::sum_ms), field("within", &s::within)};
  }
};

} // namespace riq
