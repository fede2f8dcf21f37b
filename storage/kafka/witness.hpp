#pragma once
// What is known of a topic that is gone.
//
// Brokers forget a group's positions in a topic with the topic. A topic of the same name that is
// made anew counts from 0, and users skip what comes in at places that they know: its records
// would be lost without a word. So such positions are committed a second time, in the same commit,
// under the name of another topic, the witness.

#include <cstdint>
#include <string>
#include <string_view>

#include "messages/error.hpp"
#include "messages/topics.hpp"

namespace riq::storage::kafka {

/// Nothing for a topic that may be begun anew. Witnesses have as many partitions.
constexpr std::string_view witness_of(std::string_view topic) {
  if (topic == topics::user_activity) return topics::processed_events;
  if (topic == topics::orders) return topics::user_state;
  if (topic == topics::offer_decisions) return topics::session_updates;
  if (topic == topics::processed_events) return topics::user_state;
  return {};
}

/// Why nobody goes on at `reached`.
inline error ends_before(std::string_view topic, std::int32_t partition, std::int64_t end,
                         std::int64_t reached) {
  return {ec::conflict, "",
          "partition " + std::to_string(partition) + " of " + std::string{topic} + " ends at " +
            std::to_string(end) + ", and " + std::to_string(reached) +
            " was reached before: the topic was deleted. See docs/operations.md"};
}

} // namespace riq::storage::kafka
