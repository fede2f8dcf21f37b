#pragma once
// Gathers the adapter's figures: what its parts count, and what librdkafka's clients report of
// themselves every few seconds.
//
// Threading: any thread.

#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "storage/kafka/figures.hpp"

namespace riq::storage::kafka {

class statistics {
 public:
  /// Between two reports of a client.
  static constexpr std::int64_t interval_ms = 10'000;

  /// A client's report: the JSON that librdkafka's STATISTICS.md describes. What cannot be read is
  /// left out.
  void reported(std::string_view json);

  void rebalanced(const std::string& group, std::size_t partitions, bool gained);
  void committed(double ms);
  void aborted();
  void replaced();

  kafka_figures figures() const;

 private:
  struct report {
    std::vector<broker_figures> brokers;
    std::vector<producer_figures> producers;
    std::vector<lag_figures> lags;
  };

  mutable std::mutex mutex_;
  std::map<std::string, report, std::less<>> reports_; // by client
  std::map<std::string, group_figures> groups_;
  durations transactions_;
  std::uint64_t aborted_ = 0;
  std::uint64_t replaced_ = 0;
};

} // namespace riq::storage::kafka
