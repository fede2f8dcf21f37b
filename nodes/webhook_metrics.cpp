#include "nodes/webhook_metrics.hpp"

#include <prometheus/metric_family.h>

namespace riq {

std::vector<prometheus::MetricFamily> webhook_metrics::Collect() const {
  using prometheus::MetricType;
  using figure = std::atomic<std::uint64_t> webhook_counters::*;
  std::vector<prometheus::MetricFamily> out;
  const auto add = [&](const char* name, const char* help, MetricType type, figure member) {
    auto& family = out.emplace_back();
    family.name = name;
    family.help = help;
    family.type = type;
    for (const auto& t : targets_) {
      auto& m = family.metric.emplace_back();
      m.label = {{"target", t->target}};
      m.gauge.value = m.counter.value =
        static_cast<double>(((*t).*member).load(std::memory_order_relaxed));
    }
  };
  add("riq_webhook_delivered_total", "Triggers that the target took.", MetricType::Counter,
      &webhook_counters::delivered);
  add("riq_webhook_failed_tries_total", "Calls that failed.", MetricType::Counter,
      &webhook_counters::failed_tries);
  add("riq_webhook_dead_total", "Triggers that went to the dead letters.", MetricType::Counter,
      &webhook_counters::dead);
  add("riq_webhook_waiting", "Triggers that wait for a try.", MetricType::Gauge,
      &webhook_counters::waiting);
  add("riq_webhook_in_flight", "Calls under way.", MetricType::Gauge, &webhook_counters::in_flight);
  add("riq_webhook_lag_records", "Records of the topic that were not read yet.", MetricType::Gauge,
      &webhook_counters::lag);
  add("riq_webhook_breaker_open", "1 while the target is left alone.", MetricType::Gauge,
      &webhook_counters::breaker_open);
  return out;
}

} // namespace riq
