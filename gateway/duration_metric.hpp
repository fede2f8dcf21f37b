#pragma once
// A status' durations as a histogram of the metrics page, in seconds.

#include <prometheus/client_metric.h>

#include <limits>

#include "messages/durations.hpp"

namespace riq::gateway {

inline prometheus::ClientMetric::Histogram to_histogram(const durations& d) {
  prometheus::ClientMetric::Histogram out;
  out.sample_count = d.count;
  out.sample_sum = d.sum_ms / 1000;
  std::uint64_t below = 0;
  for (std::size_t i = 0; i < d.within.size(); ++i) {
    prometheus::ClientMetric::Bucket b;
    below += d.within[i];
    b.cumulative_count = below;
    b.upper_bound = i < durations::bounds_ms.size() ? durations::bounds_ms[i] / 1000
                                                    : std::numeric_limits<double>::infinity();
    out.bucket.push_back(b);
  }
  return out;
}

} // namespace riq::gateway
