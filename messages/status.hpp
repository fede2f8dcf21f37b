#pragma once
// How the actors that hold state are doing: what the pages of inspection and the metrics read.

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "config/fields.hpp"
#include "messages/durations.hpp"

namespace riq {

/// A shard as it is; `GET /api/inspect/shards` shows these.
struct shard_status {
  std::int32_t partition = 0;
  bool ready = false;
  std::uint64_t resident = 0;
  std::uint64_t loading = 0;
  std::uint64_t saving = 0;
  std::uint64_t stored = 0; ///< about how many users have a snapshot, resident ones included
  std::uint64_t dirty = 0;
  std::int64_t applied_offset = -1;   ///< of `processed-events`
  std::int64_t committed_offset = -1; ///< where a restart goes on
  std::int64_t end_offset = 0;
  std::int64_t lag = 0;
  std::uint64_t events = 0;     ///< applied since start
  std::uint64_t duplicates = 0; ///< recognised and skipped since start
  std::uint64_t snapshots = 0;  ///< written since start
  std::uint64_t passivations = 0;
  std::uint64_t wakeups = 0;
  std::uint64_t waiting = 0; ///< questions that wait for a position
  std::uint64_t mailbox = 0;
  std::int64_t stream_time = 0;        ///< newest event time seen
  std::uint64_t state_bytes = 0;       ///< estimate of the resident users' memory
  std::string failure;                 ///< why it stopped, empty while it runs
  std::uint64_t analytics_entries = 0; ///< buckets and the like that the aggregate has
  std::uint64_t analytics_bytes = 0;   ///< of the aggregate, written since start
  std::uint64_t triggers_fired = 0;    ///< since start, like the next three
  std::uint64_t triggers_skipped = 0;
  std::uint64_t triggers_capped = 0;
  std::uint64_t triggers_converted = 0;
  std::uint64_t interests = 0;           ///< pairs of user and item in the index
  durations commits;                     ///< that were stored, since start
  std::int64_t replayed = 0;             ///< records of the log read again until it was ready
  double ready_after_ms = -1;            ///< from its start on; -1: it is not ready yet
  std::uint64_t touches_sampled_out = 0; ///< others stood for them in the item model, since start
  static constexpr auto fields() {
    using s = shard_status;
    return std::tuple{field("partition", &s::partition),
                      field("ready", &s::ready),
                      field("resident", &s::resident),
                      field("loading", &s::loading),
                      field("saving", &s::saving),
                      field("stored", &s::stored),
                      field("dirty", &s::dirty),
                      field("appliedOffset", &s::applied_offset),
                      field("committedOffset", &s::committed_offset),
                      field("endOffset", &s::end_offset),
                      field("lag", &s::lag),
                      field("events", &s::events),
                      field("duplicates", &s::duplicates),
                      field("snapshots", &s::snapshots),
                      field("passivations", &s::passivations),
                      field("wakeups", &s::wakeups),
                      field("waiting", &s::waiting),
                      field("mailbox", &s::mailbox),
                      field("streamTime", &s::stream_time),
                      field("stateBytes", &s::state_bytes),
                      field("failure", &s::failure),
                      field("analyticsEntries", &s::analytics_entries),
                      field("analyticsBytes", &s::analytics_bytes),
                      field("triggersFired", &s::triggers_fired),
                      field("triggersSkipped", &s::triggers_skipped),
                      field("triggersCapped", &s::triggers_capped),
                      field("triggersConverted", &s::triggers_converted),
                      field("interests", &s::interests),
                      field("commits", &s::commits),
                      field("replayed", &s::replayed),
                      field("readyAfterMs", &s::ready_after_ms),
                      field("touchesSampledOut", &s::touches_sampled_out)};
  }
};

/// One partition's event processor; `GET /api/event-processor/stats` sums these.
struct processor_status {
  std::int32_t partition = 0;
  bool ready = false;
  std::uint64_t received = 0;
  std::uint64_t published = 0;
  std::uint64_t refused = 0;
  std::map<std::string, std::uint64_t> refused_by_reason;
  std::map<std::string, std::uint64_t> by_type;
  std::map<std::string, std::uint64_t> by_country;
  std::int64_t lag = 0;
  std::string failure;
  static constexpr auto fields() {
    using s = processor_status;
    return std::tuple{field("partition", &s::partition),
                      field("ready", &s::ready),
                      field("received", &s::received),
                      field("published", &s::published),
                      field("refused", &s::refused),
                      field("refusedByReason", &s::refused_by_reason),
                      field("byType", &s::by_type),
                      field("byCountry", &s::by_country),
                      field("lag", &s::lag),
                      field("failure", &s::failure)};
  }
};

/// The item model's keeper; part of `GET /api/inspect/node`.
struct model_status {
  bool ready = false;
  std::uint64_t epoch = 0;
  std::uint64_t items = 0;
  std::uint64_t sessions = 0;
  std::uint64_t updates = 0;
  std::uint64_t bytes = 0; ///< estimate
  std::int64_t lag = 0;
  std::int64_t stream_time = 0;
  std::string failure;
  static constexpr auto fields() {
    using s = model_status;
    return std::tuple{field("ready", &s::ready),     field("epoch", &s::epoch),
                      field("items", &s::items),     field("sessions", &s::sessions),
                      field("updates", &s::updates), field("bytes", &s::bytes),
                      field("lag", &s::lag),         field("streamTime", &s::stream_time),
                      field("failure", &s::failure)};
  }
};

} // namespace riq
