#pragma once
// Keeps the newest fired triggers of all partitions with what became of them: who was told, and
// what was bought. For people who look; nothing is decided from it.
//
// Lifecycle: reads the triggers up to the ends that it found at its start, then the outcomes too,
// so that an outcome meets its trigger.

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "messages/interfaces.hpp"
#include "storage/event_log.hpp"

namespace riq {

struct trigger_log_config {
  std::shared_ptr<storage::event_log> log;
  std::size_t max_triggers = 10'000;
  std::vector<std::string> targets; ///< configured ones, shown before they say how they are
  bool ticking = true;
};

struct trigger_log_state {
  static inline const char* name = "trigger_log";

  explicit trigger_log_state(trigger_log_actor::pointer self) : self(self) {}

  struct kept_trigger {
    std::string user;
    std::string rule;
    std::int64_t time = 0;
    std::string body;                                 ///< JSON object
    std::map<std::string, delivery_state> deliveries; ///< by target
    std::string conversion;                           ///< JSON object, or empty
  };
  struct follower {
    topic_partition where;
    bool outcomes = false;
    std::int64_t next = 0;
    std::int64_t end_at_start = 0;
    std::unique_ptr<storage::subscription> following;
  };

  void start(trigger_log_config c);
  void follow(std::string_view topic, bool outcomes);
  void listen(std::size_t slot);
  void delivered(const log_delivery& d);
  void take_trigger(const log_record& record);
  void take_outcome(const log_record& record);
  void forget(const std::string& user);
  void heard(const delivery_state& s);
  void heard(const webhook_status& s) { targets[s.target] = s; }
  answer list(const list_triggers& question) const;
  void tick();

  trigger_log_actor::pointer self;
  trigger_log_config config;
  std::vector<std::shared_ptr<follower>> followers;
  bool outcomes_followed = false;
  std::unordered_map<std::string, kept_trigger> kept; ///< by id
  std::deque<std::string> order;                      ///< ids, the oldest first
  std::map<std::string, webhook_status> targets;
  struct {
    std::uint64_t triggers = 0, delivered = 0, dead = 0, conversions = 0;
    double revenue = 0;
  } counts; ///< of what was read
};

trigger_log_actor::behavior_type
trigger_log(trigger_log_actor::stateful_pointer<trigger_log_state> self, trigger_log_config config);

} // namespace riq
