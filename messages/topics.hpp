#pragma once
// The topics of the log, and the headers that records carry beside their value.

#include <string_view>

#include "messages/event.hpp"

namespace riq::topics {

inline constexpr std::string_view user_activity =
  "user-activity-topic";                                  ///< JSON as posted, key userId
inline constexpr std::string_view orders = "order-topic"; ///< JSON as posted, key userId
inline constexpr std::string_view offer_decisions =
  "offer-decisions"; ///< msgpack events, key userId
inline constexpr std::string_view processed_events =
  "processed-events"; ///< msgpack events, key userId
inline constexpr std::string_view session_updates =
  "session-updates"; ///< msgpack, key userId's partition
inline constexpr std::string_view item_updates =
  "item-updates"; ///< JSON item, key productId, compacted
inline constexpr std::string_view campaign_updates =
  "campaign-updates"; ///< JSON campaign, key its id, compacted, one partition
inline constexpr std::string_view retargeting_triggers =
  "retargeting-triggers"; ///< JSON of what fired, key userId; a tombstone forgets the user
inline constexpr std::string_view trigger_outcomes =
  "trigger-outcomes"; ///< JSON: delivered, dead or converted; key the trigger's id
inline constexpr std::string_view trigger_updates =
  "trigger-updates"; ///< JSON rule, key its id, compacted, one partition
inline constexpr std::string_view dead_letters =
  "dead-letter-topic"; ///< original bytes, reason in headers

inline constexpr std::string_view user_state =
  "user-state"; ///< snapshots, key as in the state store, the shard's partition, compacted
inline constexpr std::string_view shard_owners =
  "shard-owners"; ///< msgpack shard_owner, key the partition's number, compacted

constexpr std::string_view of(source s) {
  switch (s) {
  case source::order:
    return orders;
  case source::offer:
    return offer_decisions;
  case source::internal:
    return processed_events;
  default:
    return user_activity;
  }
}

} // namespace riq::topics

namespace riq::headers {

inline constexpr std::string_view event_id = "event-id";     ///< the id the gateway answered with
inline constexpr std::string_view received = "received";     ///< epoch ms when the gateway took it
inline constexpr std::string_view client = "client-address"; ///< IP address
inline constexpr std::string_view user_agent = "user-agent";
/// A command instead of JSON: `erase` on user-activity-topic forgets the record's key. On
/// offer-decisions and dead-letter-topic it marks that what is before it of that key is not shown.
inline constexpr std::string_view control = "control";
inline constexpr std::string_view producer = "producer-id"; ///< an import's id
inline constexpr std::string_view sequence = "sequence";    ///< its line number, from 1
/// Of an erasure, and of an item's deletion, which events until then do not undo: engine time,
/// epoch ms.
inline constexpr std::string_view time = "time";
// of dead letters
inline constexpr std::string_view topic = "source-topic";
inline constexpr std::string_view partition = "source-partition";
inline constexpr std::string_view offset = "source-offset";
inline constexpr std::string_view reason = "reason"; ///< one word: invalid, bot, impossible_rate, …
inline constexpr std::string_view detail = "detail"; ///< a sentence
inline constexpr std::string_view target = "target"; ///< of an undeliverable trigger: whose
inline constexpr std::string_view resubmitted =
  "resubmitted"; ///< skip the bot filter: a person looked

/// Of a snapshot: the key's next wake-up, epoch ms.
inline constexpr std::string_view due = "due";

} // namespace riq::headers
