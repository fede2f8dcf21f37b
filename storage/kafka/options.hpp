#pragma once
// What the Kafka adapter needs to know.

#include <cstddef>
#include <string>
#include <vector>

#include "config/settings.hpp"

namespace riq::storage::kafka {

struct options {
  kafka_settings client;

  /// Bounds on what waits for the brokers, beyond which appends are refused with `ec::queue_full`.
  std::size_t queue_records = 200'000;
  std::size_t queue_bytes = std::size_t{128} << 20;

  /// Consumer groups whose offsets are remembered; each becomes `GROUP_ID-NAME` on the broker.
  std::vector<std::string> groups;
  /// The one among them whose positions go with the event processors; the others' go with shards.
  std::string processors;

  /// How long opening and making topics wait for the brokers.
  int request_timeout_ms = 15'000;
};

} // namespace riq::storage::kafka
