#pragma once
// What the gateway counts, and the page that shows all counters of the node.
//
// Every io thread has its own cells and is their only writer, so that counting a request is a few
// plain additions; they are summed when the page is asked for. Other parts of the node register
// their metrics with the registry, or add a collectable.
//
// Threading: `answered` and `received` on the loop with that index, `exposition` from any thread.

#include <prometheus/collectable.h>
#include <prometheus/registry.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace riq::gateway {

class metrics final : public prometheus::Collectable {
 public:
  /// `routes` are the names of the routes by index: method and pattern.
  metrics(std::size_t loops, std::vector<std::pair<std::string, std::string>> routes);
  ~metrics() override;

  void answered(std::size_t loop, std::size_t route, unsigned status,
                std::chrono::nanoseconds latency, std::size_t bytes);
  void received(std::size_t loop, std::size_t bytes);
  void connection_opened() { opened_.fetch_add(1, std::memory_order_relaxed); }
  void connection_closed() { closed_.fetch_add(1, std::memory_order_relaxed); }
  void connection_refused() { refused_.fetch_add(1, std::memory_order_relaxed); }

  std::uint64_t open_connections() const {
    return opened_.load(std::memory_order_relaxed) - closed_.load(std::memory_order_relaxed);
  }

  /// Requests answered since the start, and of those with a status from 500 on.
  struct totals {
    std::uint64_t requests = 0;
    std::uint64_t failures = 0;
  };
  totals sums() const;

  /// The latency below which that share of the requests of a route since the start were answered,
  /// in seconds, up to the width of a bucket; 0 without any.
  double quantile(std::size_t route, double share) const;

  /// Requests answered by route index.
  std::uint64_t answered_of(std::size_t route) const;

  /// What other parts of the node put their metrics into.
  prometheus::Registry& registry() { return *registry_; }

  /// More to show; kept while the page is served.
  void add(std::shared_ptr<prometheus::Collectable> more);

  /// The page in Prometheus' text format, with more families that the caller knows.
  std::string exposition(std::vector<prometheus::MetricFamily> more = {}) const;

  /// `GET /api/…` by route index.
  std::vector<std::string> route_names() const;

  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  static constexpr std::size_t statuses = 24;
  static constexpr std::size_t buckets = 16;

  struct cells {
    std::array<std::atomic<std::uint64_t>, statuses> by_status{};
    std::array<std::atomic<std::uint64_t>, buckets> by_latency{};
    std::atomic<std::uint64_t> nanoseconds{0};
  };
  struct alignas(64) loop_cells {
    std::vector<cells> routes;
    std::atomic<std::uint64_t> bytes_in{0};
    std::atomic<std::uint64_t> bytes_out{0};
  };

  std::array<std::uint64_t, buckets> latencies(std::size_t route) const;

  std::vector<std::pair<std::string, std::string>> names_;
  std::vector<loop_cells> loops_;
  alignas(64) std::atomic<std::uint64_t> opened_{0};
  std::atomic<std::uint64_t> closed_{0};
  std::atomic<std::uint64_t> refused_{0};
  std::shared_ptr<prometheus::Registry> registry_;
  std::vector<std::shared_ptr<prometheus::Collectable>> more_;
};

} // namespace riq::gateway
