#pragma once
// One shard on a log and a store in memory, with a clock that the test moves. The shard can be
// killed and started again on what it left behind.

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/shard.hpp"
#include "engine/apply.hpp"
#include "messages/topics.hpp"
#include "tests/support/deterministic_system.hpp"
#include "tests/support/events.hpp"
#include "tests/support/memory_log.hpp"
#include "tests/support/memory_store.hpp"

namespace riq::testing {

inline constexpr std::int64_t minute = 60'000;
inline constexpr std::int64_t week = 7 * 24 * 60 * minute;

/// The wall clock of the actors under test.
inline std::int64_t wall_now = t0;
inline std::int64_t test_wall() {
  return wall_now;
}

std::shared_ptr<settings> test_settings();

/// Users as one thread makes them out of the log, from its first record on.
std::map<std::string, user_state> replay(const std::vector<log_record>& records,
                                         const feature_settings& features,
                                         std::vector<numbered_update>* told = nullptr);

/// The configured campaigns, as their actor publishes them.
std::shared_ptr<const engine::campaign_source> configured_campaigns(const settings& s);

/// Questions about a user.
get_features features_of(const std::string& user, std::string after = {});
inspect_user look_at(const std::string& user);

class shard_rig {
 public:
  shard_rig();

  /// Starts the shard where its last commit left off.
  void start();

  void kill();

  void restart() {
    kill();
    start();
  }

  /// Lets time pass in one go, then one tick.
  void step(std::int64_t ms);

  /// Lets time pass with a tick every 50 ms.
  void run(std::int64_t ms) {
    for (; ms > 0; ms -= 50) step(50);
  }

  /// Long enough for everything applied to be stored.
  void settle() { run(2'000); }

  void publish(const event& e);

  template <class Question>
  result<answer> ask(Question q) {
    return sys.ask<answer>(shard, std::move(q));
  }

  shard_status status();

  /// Drains; false when it does not end within some ticks.
  bool drain();

  /// Puts these rules in force.
  void use(std::vector<trigger_rule_settings> told) {
    std::vector<engine::trigger_rule> all;
    for (auto& r : told) all.push_back(engine::understood(std::move(r), 0));
    triggers->publish(std::make_shared<const engine::trigger_registry>(std::move(all)));
  }

  const shard_state& state() { return sys.state_of<shard_state>(shard); }
  bool resident(const std::string& user);

  /// The snapshot in the store.
  std::optional<user_state> stored(const std::string& user) const;

  /// The updates that a model would take, in the order it meets them: it skips what it has.
  std::vector<numbered_update> told();

  std::shared_ptr<settings> config = test_settings();
  std::shared_ptr<crash_journal> journal = std::make_shared<crash_journal>();
  std::shared_ptr<memory_log> log = std::make_shared<memory_log>(journal);
  std::shared_ptr<memory_store> store = std::make_shared<memory_store>(journal);
  std::shared_ptr<engine::model_source> model = std::make_shared<engine::model_source>();
  std::shared_ptr<engine::trigger_source> triggers = std::make_shared<engine::trigger_source>();
  std::shared_ptr<live_feed> feed; ///< nobody, if not set
  std::uint64_t resident_users = 1'000;
  std::shared_ptr<parting_users> parting; ///< nobody, if not set
  bool ticking = false;                   ///< by itself
  deterministic_system sys;               // ends the actors before what they use
  shard_actor shard;
};

} // namespace riq::testing
