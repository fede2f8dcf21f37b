#include "gateway/metrics.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <sstream>

namespace riq::gateway {
namespace {

constexpr std::array<unsigned, 23> known_statuses = {200, 202, 204, 400, 401, 403, 404, 405,
                                                     408, 409, 413, 414, 415, 417, 422, 429,
                                                     431, 500, 501, 503, 504, 507, 304};

/// Upper bounds of the latency buckets in microseconds, from a cached answer to a lost one.
constexpr std::array<std::uint64_t, 15> bounds_us = {
  100,    250,     500,     1'000,   2'500,     5'000,     10'000,    25'000,
  50'000, 100'000, 250'000, 500'000, 1'000'000, 2'500'000, 10'000'000};

std::size_t status_index(unsigned status) {
  for (std::size_t i = 0; i < known_statuses.size(); ++i)
    if (known_statuses[i] == status) return i;
  return known_statuses.size();
}

/// Only the loop's thread writes, so no atomic addition is needed.
void bump(std::atomic<std::uint64_t>& cell, std::uint64_t by = 1) {
  cell.store(cell.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
}

std::uint64_t read(const std::atomic<std::uint64_t>& cell) {
  return cell.load(std::memory_order_relaxed);
}

prometheus::MetricFamily family(std::string name, std::string help, prometheus::MetricType type) {
  prometheus::MetricFamily out;
  out.name = std::move(name);
  out.help = std::move(help);
  out.type = type;
  return out;
}

prometheus::MetricFamily single(std::string name, std::string help, prometheus::MetricType type,
                                double value) {
  auto out = family(std::move(name), std::move(help), type);
  prometheus::ClientMetric m;
  m.counter.value = m.gauge.value = value;
  out.metric.push_back(std::move(m));
  return out;
}

} // namespace

metrics::metrics(std::size_t loops, std::vector<std::pair<std::string, std::string>> routes)
  : names_(std::move(routes)), loops_(loops), registry_(std::make_shared<prometheus::Registry>()) {
  for (auto& loop : loops_) loop.routes = std::vector<cells>(names_.size());
}

metrics::~metrics() = default;

void metrics::answered(std::size_t loop, std::size_t route, unsigned status,
                       std::chrono::nanoseconds latency, std::size_t bytes) {
  auto& own = loops_[loop];
  auto& cell = own.routes[route];
  const auto us = static_cast<std::uint64_t>(latency.count()) / 1000;
  std::size_t bucket = 0;
  while (bucket < bounds_us.size() && us > bounds_us[bucket]) ++bucket;
  bump(cell.by_status[status_index(status)]);
  bump(cell.by_latency[bucket]);
  bump(cell.nanoseconds, static_cast<std::uint64_t>(latency.count()));
  bump(own.bytes_out, bytes);
}

void metrics::received(std::size_t loop, std::size_t bytes) {
  bump(loops_[loop].bytes_in, bytes);
}

metrics::totals metrics::sums() const {
  totals out;
  for (const auto& loop : loops_)
    for (const auto& cell : loop.routes)
      for (std::size_t s = 0; s < statuses; ++s) {
        const auto n = read(cell.by_status[s]);
        out.requests += n;
        if (s >= known_statuses.size() || known_statuses[s] >= 500) out.failures += n;
      }
  return out;
}

std::array<std::uint64_t, metrics::buckets> metrics::latencies(std::size_t route) const {
  std::array<std::uint64_t, buckets> out{};
  for (const auto& loop : loops_)
    for (std::size_t b = 0; b < buckets; ++b) out[b] += read(loop.routes[route].by_latency[b]);
  return out;
}

std::uint64_t metrics::answered_of(std::size_t route) const {
  std::uint64_t sum = 0;
  for (const auto n : latencies(route)) sum += n;
  return sum;
}

double metrics::quantile(std::size_t route, double share) const {
  const auto counts = latencies(route);
  std::uint64_t sum = 0;
  for (const auto n : counts) sum += n;
  if (sum == 0) return 0;
  const auto wanted = static_cast<double>(sum) * share;
  double seen = 0;
  for (std::size_t b = 0; b < bounds_us.size(); ++b) {
    const auto below = b == 0 ? 0.0 : static_cast<double>(bounds_us[b - 1]);
    const auto n = static_cast<double>(counts[b]);
    if (n > 0 && seen + n >= wanted)
      return (below + (static_cast<double>(bounds_us[b]) - below) * (wanted - seen) / n) / 1e6;
    seen += n;
  }
  return static_cast<double>(bounds_us.back()) / 1e6;
}

void metrics::add(std::shared_ptr<prometheus::Collectable> more) {
  more_.push_back(std::move(more));
}

std::vector<prometheus::MetricFamily> metrics::Collect() const {
  using type = prometheus::MetricType;
  auto requests = family("riq_http_requests_total", "Requests answered.", type::Counter);
  auto latency = family("riq_http_request_duration_seconds",
                        "From a request's last byte to its answer's first.", type::Histogram);
  double bytes_in = 0, bytes_out = 0;
  for (std::size_t r = 0; r < names_.size(); ++r) {
    std::array<std::uint64_t, statuses> by_status{};
    double seconds = 0;
    for (const auto& loop : loops_) {
      for (std::size_t s = 0; s < statuses; ++s) by_status[s] += read(loop.routes[r].by_status[s]);
      seconds += static_cast<double>(read(loop.routes[r].nanoseconds)) / 1e9;
    }
    const std::vector<prometheus::ClientMetric::Label> labels = {{"method", names_[r].first},
                                                                 {"route", names_[r].second}};
    for (std::size_t s = 0; s < statuses; ++s) {
      if (by_status[s] == 0) continue;
      prometheus::ClientMetric m;
      m.label = labels;
      m.label.push_back({"status", s < known_statuses.size() ? std::to_string(known_statuses[s])
                                                             : std::string{"other"}});
      m.counter.value = static_cast<double>(by_status[s]);
      requests.metric.push_back(std::move(m));
    }
    prometheus::ClientMetric h;
    h.label = labels;
    const auto counts = latencies(r);
    for (std::size_t b = 0; b < bounds_us.size(); ++b) {
      h.histogram.sample_count += counts[b];
      prometheus::ClientMetric::Bucket bucket;
      bucket.cumulative_count = h.histogram.sample_count;
      bucket.upper_bound = static_cast<double>(bounds_us[b]) / 1e6;
      h.histogram.bucket.push_back(bucket);
    }
    h.histogram.sample_count += counts[bounds_us.size()];
    h.histogram.sample_sum = seconds;
    if (h.histogram.sample_count > 0) latency.metric.push_back(std::move(h));
  }
  for (const auto& loop : loops_) {
    bytes_in += static_cast<double>(read(loop.bytes_in));
    bytes_out += static_cast<double>(read(loop.bytes_out));
  }
  std::vector<prometheus::MetricFamily> out;
  out.push_back(std::move(requests));
  out.push_back(std::move(latency));
  out.push_back(
    single("riq_http_received_bytes_total", "Bytes read from clients.", type::Counter, bytes_in));
  out.push_back(
    single("riq_http_sent_bytes_total", "Bytes written to clients.", type::Counter, bytes_out));
  out.push_back(single("riq_http_connections", "Open connections.", type::Gauge,
                       static_cast<double>(open_connections())));
  out.push_back(single("riq_http_connections_refused_total",
                       "Connections refused because too many were open.", type::Counter,
                       static_cast<double>(read(refused_))));
  return out;
}

std::vector<std::string> metrics::route_names() const {
  std::vector<std::string> out;
  for (const auto& [verb, pattern] : names_) out.push_back(verb + " " + pattern);
  return out;
}

std::string metrics::exposition(std::vector<prometheus::MetricFamily> more) const {
  auto all = Collect();
  const auto append = [&all](std::vector<prometheus::MetricFamily> families) {
    std::move(families.begin(), families.end(), std::back_inserter(all));
  };
  append(std::move(more));
  append(registry_->Collect());
  for (const auto& c : more_) append(c->Collect());
  std::ostringstream out;
  prometheus::TextSerializer{}.Serialize(out, all);
  return std::move(out).str();
}

} // namespace riq::gateway
