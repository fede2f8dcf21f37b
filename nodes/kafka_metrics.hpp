#pragma once
// The Kafka clients' figures for the metrics page. Any thread.

#include <functional>
#include <utility>
#include <vector>

#include <prometheus/collectable.h>

#include "storage/kafka/figures.hpp"

namespace riq {

class kafka_metrics final : public prometheus::Collectable {
 public:
  /// `figures` is called for each page.
  explicit kafka_metrics(std::function<storage::kafka::kafka_figures()> figures)
    : figures_(std::move(figures)) {}

  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  std::function<storage::kafka::kafka_figures()> figures_;
};

} // namespace riq
