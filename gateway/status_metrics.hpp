#pragma once
// The shards', the event processor's and the item model's figures as metrics.

#include "gateway/node_status.hpp"

#include <prometheus/metric_family.h>

#include <vector>

namespace riq::gateway {

class live_ring;

std::vector<prometheus::MetricFamily> metrics_of(const node_status& status);

/// The live stream's.
std::vector<prometheus::MetricFamily> metrics_of(const live_ring& ring);

} // namespace riq::gateway
