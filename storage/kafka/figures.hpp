#pragma once
// What is known of the brokers and of the traffic with them, for people and for the metrics page.

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "config/fields.hpp"
#include "messages/durations.hpp"

namespace riq::storage::kafka {

/// A broker as one client of the node sees it.
struct broker_figures {
  std::string client;
  std::string broker; ///< HOST:PORT
  bool up = false;
  double rtt_ms = 0; ///< of a request, on average over the last interval; of a fetch with its wait
  double rtt_p99_ms = 0;
  std::uint64_t errors = 0;   ///< of sending, since start
  std::uint64_t timeouts = 0; ///< of requests, since start
  static constexpr auto fields() {
    using s = broker_figures;
    return std::tuple{field("client", &s::client),
                      field("broker", &s::broker),
                      field("up", &s::up),
                      field("rttMs", &s::rtt_ms),
                      field("rttP99Ms", &s::rtt_p99_ms),
                      field("errors", &s::errors),
                      field("timeouts", &s::timeouts)};
  }
};

/// What waits in a producer.
struct producer_figures {
  std::string client;
  std::uint64_t records = 0;
  std::uint64_t bytes = 0;
  static constexpr auto fields() {
    using s = producer_figures;
    return std::tuple{field("client", &s::client), field("records", &s::records),
                      field("bytes", &s::bytes)};
  }
};

/// How far what this node follows is ahead of what it took; of several followers the slowest.
struct lag_figures {
  std::string topic; ///< on the broker
  std::int32_t partition = 0;
  std::int64_t lag = 0; ///< offsets
  static constexpr auto fields() {
    using s = lag_figures;
    return std::tuple{field("topic", &s::topic), field("partition", &s::partition),
                      field("lag", &s::lag)};
  }
};

/// What a group's assignments came to on this node.
struct group_figures {
  std::string group;
  std::uint64_t rebalances = 0; ///< that changed something here, since start
  std::uint64_t gained = 0;     ///< partitions, since start
  std::uint64_t lost = 0;
  static constexpr auto fields() {
    using s = group_figures;
    return std::tuple{field("group", &s::group), field("rebalances", &s::rebalances),
                      field("gained", &s::gained), field("lost", &s::lost)};
  }
};

struct kafka_figures {
  std::vector<broker_figures> brokers;
  std::vector<producer_figures> producers;
  std::vector<lag_figures> lags;
  std::vector<group_figures> groups;
  durations transactions;     ///< that were committed, from their begin on
  std::uint64_t aborted = 0;  ///< transactions that did not come about
  std::uint64_t replaced = 0; ///< clients that failed for good, and were made anew
  static constexpr auto fields() {
    using s = kafka_figures;
    return std::tuple{field("brokers", &s::brokers),
                      field("producers", &s::producers),
                      field("lags", &s::lags),
                      field("groups", &s::groups),
                      field("transactions", &s::transactions),
                      field("aborted", &s::aborted),
                      field("replaced", &s::replaced)};
  }
};

} // namespace riq::storage::kafka
