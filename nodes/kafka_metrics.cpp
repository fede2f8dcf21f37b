#include "nodes/kafka_metrics.hpp"

#include <string>

#include <prometheus/metric_family.h>

#include "gateway/duration_metric.hpp"

namespace riq {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using labels = std::vector<ClientMetric::Label>;

MetricFamily family(const char* name, const char* help, MetricType type) {
  MetricFamily f;
  f.name = name;
  f.help = help;
  f.type = type;
  return f;
}

void add(MetricFamily& to, labels of, double value) {
  auto& m = to.metric.emplace_back();
  m.label = std::move(of);
  m.gauge.value = m.counter.value = value;
}

} // namespace

std::vector<MetricFamily> kafka_metrics::Collect() const {
  constexpr auto gauge = MetricType::Gauge;
  constexpr auto counter = MetricType::Counter;
  const auto k = figures_();
  auto up = family("riq_kafka_broker_up", "1 while the client is connected to the broker.", gauge);
  auto rtt =
    family("riq_kafka_broker_rtt_seconds",
           "Round trips of the last seconds, on average; fetches wait for records.", gauge);
  auto errors = family("riq_kafka_broker_errors_total",
                       "Requests that could not be sent, or timed "
                       "out.",
                       counter);
  for (const auto& b : k.brokers) {
    const labels of{{"client", b.client}, {"broker", b.broker}};
    add(up, of, b.up ? 1 : 0);
    add(rtt, of, b.rtt_ms / 1000);
    add(errors, of, static_cast<double>(b.errors + b.timeouts));
  }
  auto records =
    family("riq_kafka_producer_queue_records", "Records that wait in a producer.", gauge);
  auto bytes = family("riq_kafka_producer_queue_bytes", "Their bytes.", gauge);
  for (const auto& p : k.producers) {
    add(records, {{"client", p.client}}, static_cast<double>(p.records));
    add(bytes, {{"client", p.client}}, static_cast<double>(p.bytes));
  }
  auto lag = family("riq_kafka_consumer_lag_offsets",
                    "How far the end of a partition is ahead of what was read.", gauge);
  for (const auto& l : k.lags)
    add(lag, {{"topic", l.topic}, {"partition", std::to_string(l.partition)}},
        static_cast<double>(l.lag));
  auto rebalances = family("riq_kafka_rebalances_total",
                           "Assignments and revocations of partitions here.", counter);
  for (const auto& g : k.groups)
    add(rebalances, {{"group", g.group}}, static_cast<double>(g.rebalances));
  auto transactions = family("riq_kafka_transaction_seconds",
                             "Commits of shards as one transaction.", MetricType::Histogram);
  transactions.metric.emplace_back().histogram = gateway::to_histogram(k.transactions);
  auto aborted = family("riq_kafka_transactions_aborted_total",
                        "Transactions that did not come about.", counter);
  add(aborted, {}, static_cast<double>(k.aborted));
  auto replaced = family("riq_kafka_clients_replaced_total",
                         "Clients that failed for good, and were made anew.", counter);
  add(replaced, {}, static_cast<double>(k.replaced));
  return {std::move(up),      std::move(rtt),     std::move(errors),     std::move(records),
          std::move(bytes),   std::move(lag),     std::move(rebalances), std::move(transactions),
          std::move(aborted), std::move(replaced)};
}

} // namespace riq
