#pragma once
// The trigger rules of this moment, for a decision about one user.

#include <algorithm>
#include <memory>

#include "actors/context.hpp"
#include "engine/apply.hpp"
#include "engine/triggers/schedule.hpp"

namespace riq {

/// Holds the registry for as long as what was decided with it is looked at.
struct trigger_view {
  explicit trigger_view(const engine_context& c)
    : rules(c.triggers->get()), world{*rules, c.config->triggers, c.config->features,
                                      c.zones.get()} {}

  std::shared_ptr<const engine::trigger_registry> rules;
  engine::trigger_world world;
};

/// When the user's earliest timer of any kind is due, 0: never.
inline std::int64_t next_due_of(const user_state& state, const engine_context& c) {
  const auto abandonment = engine::next_due(state, c.config->features);
  const auto trigger = engine::next_trigger_due(state, trigger_view{c}.world);
  if (abandonment == 0 || trigger == 0) return std::max(abandonment, trigger);
  return std::min(abandonment, trigger);
}

} // namespace riq
