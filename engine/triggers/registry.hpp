#pragma once
// The rules in force, as all users of a node read them: immutable, replaced whole when a rule is
// put or taken away.

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "config/trigger_rules.hpp"
#include "config/trigger_settings.hpp"

namespace riq::engine {

/// A rule with its texts understood.
struct trigger_rule {
  trigger_rule_settings told;
  std::uint64_t version = 0; ///< 0 of the configuration, else 1 + its offset in `trigger-updates`
  std::vector<std::int64_t> after; ///< milliseconds a step
  std::vector<trigger_condition> conditions;
  bool quiet = false;
  std::uint32_t quiet_from = 0; ///< minutes of the local day
  std::uint32_t quiet_until = 0;
};

/// The rule must have passed check_rule().
trigger_rule understood(trigger_rule_settings told, std::uint64_t version);

class trigger_registry {
 public:
  /// Only rules that are enabled fire; all are listed.
  explicit trigger_registry(std::vector<trigger_rule> rules, std::uint64_t epoch = 0);

  const std::vector<trigger_rule>& rules() const { return rules_; }
  const trigger_rule* find(std::string_view id) const;
  /// Whether an enabled rule is of this kind: asked before work is done for one.
  bool any(trigger_kind kind) const { return (kinds_ >> static_cast<unsigned>(kind) & 1) != 0; }
  std::uint64_t epoch() const { return epoch_; }

 private:
  std::vector<trigger_rule> rules_; ///< by id
  unsigned kinds_ = 0;
  std::uint64_t epoch_ = 0;
};

/// Hands the registry to any thread. One writer publishes.
class trigger_source {
 public:
  trigger_source()
    : current_(std::make_shared<const trigger_registry>(std::vector<trigger_rule>{})) {}
  std::shared_ptr<const trigger_registry> get() const { return current_.load(); }
  void publish(std::shared_ptr<const trigger_registry> next) { current_.store(std::move(next)); }

 private:
  std::atomic<std::shared_ptr<const trigger_registry>> current_;
};

} // namespace riq::engine
