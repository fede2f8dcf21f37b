#pragma once
// Delivers the triggers that name one target: follows `retargeting-triggers` under a consumer group
// of its own, so that a slow target delays nobody else, and what it has not taken waits in the log.
//
// A trigger is finished when the target answered 2xx, or when it went to the dead letters after its
// last try. The group's offset never passes one that is not finished: after a restart those are
// tried again, under the same idempotency key, so that a receiver that keeps keys sees each once.
//
// Of several nodes each delivers the triggers of the shards that run on it: a partition is followed
// from the moment its shard is told of until that ends.
//
// Threading: the client calls back on a thread of its own; the callback only sends a message.

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <caf/actor_addr.hpp>

#include "actors/context.hpp"
#include "actors/webhook_counters.hpp"
#include "engine/random.hpp"
#include "messages/interfaces.hpp"
#include "messages/webhook_port.hpp"
#include "storage/event_log.hpp"

namespace riq {

/// The consumer group that remembers how far the target has been told.
inline std::string webhook_group(const std::string& target) {
  return "webhook:" + target;
}

struct webhook_config {
  webhook_settings target;
  std::shared_ptr<storage::event_log> log;
  std::shared_ptr<webhook_client> client;
  trigger_log_actor listing;                  ///< hears how it goes; may be none
  std::shared_ptr<webhook_counters> counters; ///< likewise, for the metrics; may be none
  engine_clock::wall_clock wall = engine_clock::system_time;
  std::uint64_t seed = 1;
  bool ticking = true;
};

struct webhook_state {
  static inline const char* name = "webhook";

  explicit webhook_state(webhook_actor::pointer self) : self(self) {}

  struct delivery {
    std::int32_t partition = 0;
    std::int64_t offset = 0;
    std::int64_t since = 0; ///< epoch ms of the record
    std::string id;
    std::string user;
    std::string body;
    std::uint32_t attempts = 0;
    std::int64_t next_try = 0; ///< steady ms
    bool calling = false;
    bool dying = false; ///< on its way to the dead letters
    std::string detail; ///< what the last try came to
  };
  struct follower {
    std::int64_t resume = 0; ///< what the group had committed at the start
    std::int64_t next = 0;
    std::int64_t end = 0;
    std::int64_t committed = -1;
    std::int64_t newest_source = -1; ///< highest number of a trigger, to know repetitions by
    std::set<std::int64_t> open;     ///< offsets that are not finished
    std::unique_ptr<storage::subscription> following;
    std::uint64_t subscription = 0; ///< its number
    bool owned = false;
    caf::actor_addr shard; ///< which makes it this node's, may be none
  };
  enum class breaker : std::uint8_t { closed, open, half_open };

  void start(webhook_config c);
  void own(std::int32_t partition, const caf::actor& shard);
  void lost(const caf::actor_addr& shard);
  void disown(std::size_t partition);
  void follow(std::size_t partition);
  void delivered(const log_delivery& d);
  void take(std::int32_t partition, const log_record& record);
  void forget(std::int32_t partition, const std::string& user);
  void call_what_is_due();
  void call(std::uint64_t number, delivery& d);
  void answered(const webhook_answer& a);
  void failed(std::uint64_t number, delivery& d, std::string detail);
  void bury(std::uint64_t number, delivery& d);
  void appended(const append_outcome& outcome);
  void finish(std::uint64_t number);
  void outcome(const delivery& d, std::string_view kind);
  void tell(const delivery& d, std::string_view state) const;
  void tick();
  void commit();
  std::int64_t steady_now() const;

  webhook_actor::pointer self;
  webhook_config config;
  engine::random_source random{1};
  std::string group;
  std::vector<follower> followers;
  std::map<std::uint64_t, delivery> deliveries;             ///< by number
  std::set<std::pair<std::int64_t, std::uint64_t>> waiting; ///< next try, number
  std::uint64_t next_number = 1;
  std::uint64_t subscriptions = 0;
  std::set<std::uint64_t> calling; ///< numbers; of a shard that has left, too
  breaker state = breaker::closed;
  std::uint32_t failures_in_a_row = 0;
  std::int64_t open_until = 0; ///< steady ms
  std::int64_t last_status = 0;
  webhook_status counts;
};

webhook_actor::behavior_type webhook(webhook_actor::stateful_pointer<webhook_state> self,
                                     webhook_config config);

} // namespace riq
