#pragma once
// Keeps the trigger rules in force: those of the configuration, and over them those that were put
// at run time and stand in the compacted topic `trigger-updates`. Every node follows that topic, so
// all have the same rules. The only writer of the registry that the users read.
//
// Lifecycle: publishes once it has reached the end that it found at its start, so that nobody acts
// by a rule that was taken away; the node waits for that before its shards start.

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include <caf/typed_response_promise.hpp>

#include "config/settings.hpp"
#include "engine/triggers/registry.hpp"
#include "messages/interfaces.hpp"
#include "storage/event_log.hpp"

namespace riq {

struct trigger_rules_config {
  std::shared_ptr<const settings> config;
  std::shared_ptr<storage::event_log> log;
  std::shared_ptr<engine::trigger_source> source;
  bool ticking = true;
};

struct trigger_rules_state {
  static inline const char* name = "trigger_rules";

  explicit trigger_rules_state(trigger_rules_actor::pointer self) : self(self) {}

  void start(trigger_rules_config c);
  void follow();
  void delivered(const log_delivery& d);
  void take(const log_record& record);
  void publish();
  caf::result<answer> put(const put_trigger_rule& command);
  caf::result<answer> remove(const delete_trigger_rule& command);
  caf::result<answer> get(const get_trigger_rules& question) const;
  caf::result<answer> append(std::string id, std::string value);
  void appended(const append_outcome& outcome);
  caf::result<std::uint64_t> ready();

  trigger_rules_actor::pointer self;
  trigger_rules_config config;
  std::unique_ptr<storage::subscription> following;
  std::int64_t next = 0;
  std::int64_t end_at_start = 0;
  std::uint64_t epoch = 0;
  std::map<std::string, engine::trigger_rule> rules;
  struct waiting {
    std::int64_t offset = -1; ///< of the record, once it is known
    std::string id;
    bool removal = false;
    caf::typed_response_promise<answer> promise;
  };
  std::map<std::uint64_t, waiting> appending; ///< by tag
  std::uint64_t next_tag = 1;
  std::vector<caf::typed_response_promise<std::uint64_t>> starting;

 private:
  void answer_applied();
};

trigger_rules_actor::behavior_type
trigger_rules(trigger_rules_actor::stateful_pointer<trigger_rules_state> self,
              trigger_rules_config config);

} // namespace riq
