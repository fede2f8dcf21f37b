#pragma once
// The targets' figures for the metrics page. Any thread.

#include <memory>
#include <utility>
#include <vector>

#include <prometheus/collectable.h>

#include "actors/webhook_counters.hpp"

namespace riq {

class webhook_metrics final : public prometheus::Collectable {
 public:
  explicit webhook_metrics(std::vector<std::shared_ptr<const webhook_counters>> targets)
    : targets_(std::move(targets)) {}

  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  std::vector<std::shared_ptr<const webhook_counters>> targets_;
};

} // namespace riq
