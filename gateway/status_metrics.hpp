#pragma once
// The shards', the event processor's and the item model's figures as metrics.

#include "gateway/node_status.hpp"

#include <prometheus/metric_family.h>

#include <vector>

namespace riq::gateway {

std::vector<prometheus::MetricFamily> metrics_of(const node_status& status);

} // namespace riq::gateway
