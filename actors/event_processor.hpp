#pragma once
// Turns one partition of the raw topics into `processed-events`: validates, standardises, adds the
// country and what the catalogue knows, refuses bots. What it refuses goes to the dead letters with
// the original bytes.
//
// Lifecycle: follows each raw topic from where its consumer group stands. What it publishes carries
// its source position, so starting over repeats records that the users skip. A publication that
// fails stops the partition: it is read again from the last one that was stored.

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "actors/context.hpp"
#include "actors/country_lookup.hpp"
#include "engine/bots.hpp"
#include "engine/rate_guard.hpp"
#include "messages/interfaces.hpp"
#include "storage/event_log.hpp"

namespace riq {

struct processor_config {
  std::int32_t partition = 0;
  std::shared_ptr<const settings> config;
  std::shared_ptr<storage::event_log> log;
  std::shared_ptr<const country_lookup> countries;
  std::shared_ptr<const engine::bot_patterns> bots;
  std::shared_ptr<const engine::model_source> model; ///< has the catalogue
  engine_clock::wall_clock wall = engine_clock::system_time;
};

/// Why a record is refused: a word for the counters and a sentence for people.
struct refusal {
  std::string reason;
  std::string detail;
};

struct processor_state {
  static inline const char* name = "event_processor";

  explicit processor_state(processor_actor::pointer self) : self(self) {}

  void start(processor_config c);
  void delivered(const log_delivery& d);
  void stored(const append_outcome& outcome);
  void tick();
  processor_status status() const;

  /// A raw topic's partition that is followed; the slot is its `source`.
  struct raw_source {
    topic_partition where;
    std::int64_t done = 0;    ///< everything before is published and stored
    std::int64_t next = 0;    ///< read so far
    std::int64_t counted = 0; ///< in the counters so far
    std::int64_t end = 0;
    std::int64_t end_at_start = 0;
    std::unique_ptr<storage::subscription> following;
    std::uint64_t subscription = 0; ///< its number
  };
  /// What was read in one step and is on its way into the log.
  struct publication {
    std::uint64_t tag = 0;
    std::size_t slot = 0;
    std::int64_t next = 0;
    std::size_t records = 0;
    bool stored = false; ///< or there was nothing to store: only the position moved
  };

  void follow(std::size_t slot);
  void settle();
  void start_over(const error& why);
  std::variant<event, refusal> process(source from, const log_record& record,
                                       const engine::shared_model* model);
  storage::outgoing_record dead_letter(const topic_partition& where, const log_record& record,
                                       const refusal& why) const;
  storage::outgoing_record erasure_mark(const std::string& user) const;
  void count(const event& e);

  processor_actor::pointer self;
  processor_config config;
  std::array<raw_source, 3> sources;
  std::deque<publication> under_way;
  std::unique_ptr<engine::bot_filter> bots;
  std::unique_ptr<engine::rate_guard> rates;
  std::uint64_t subscriptions = 0;
  std::uint64_t next_tag = 1;
  std::uint64_t first_valid_tag = 1; ///< outcomes of older publications are void
  bool paused = false;               ///< after a failure, until its tick comes
  processor_status counts;
};

processor_actor::behavior_type
event_processor(processor_actor::stateful_pointer<processor_state> self, processor_config config);

} // namespace riq
