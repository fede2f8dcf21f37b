#pragma once
// A user and the rules in force, for tests of triggers.

#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "engine/triggers/compose.hpp"
#include "user_events.hpp"

namespace riq::testing {

/// Everybody lives this far east of UTC.
struct fixed_zone final : engine::time_zones {
  std::int32_t seconds = 0;
  std::int32_t offset_sec(std::string_view, std::string_view, std::int64_t) const override {
    return seconds;
  }
};

inline trigger_rule_settings rule_of(trigger_kind kind, std::vector<std::string> after = {}) {
  trigger_rule_settings r;
  r.id = std::string{name_of(kind)};
  r.kind = kind;
  r.after = std::move(after);
  return r;
}

class triggers : public ::testing::Test {
 protected:
  triggers() {
    settings.max_per_user_day = 0;
    settings.max_per_user_week = 0;
    settings.spread_sec = 0;
  }

  void use(std::vector<trigger_rule_settings> told) {
    std::vector<engine::trigger_rule> all;
    for (auto& r : told) all.push_back(engine::understood(std::move(r), 0));
    rules = engine::trigger_registry(std::move(all));
  }

  engine::trigger_world world() const { return {rules, settings, user.settings, &zone}; }
  std::int64_t due() const { return engine::next_trigger_due(user.state, world()); }

  /// Decides everything that is due, and applies it twice.
  std::vector<trigger_note::what> fire(std::int64_t now) {
    std::vector<trigger_note::what> out;
    const auto armed = engine::armed_timers(user.state, world());
    for (const auto& a : armed)
      if (a.why == engine::hindrance::none && a.due <= now) decide(a, now, out);
    return out;
  }

  void decide(const engine::armed_trigger& a, std::int64_t now,
              std::vector<trigger_note::what>& out) {
    last = engine::composed(a, user.state, model, ranking, world(), now);
    for (const auto* id : {"first", "second"}) {
      std::vector<trigger_note> notes;
      auto e = at(now, last, std::string{id} + engine::trigger_event_id(last));
      e.origin.from = source::internal;
      engine::apply(user.state, e, user.next_offset++, user.settings, user.updates, &notes);
      for (const auto& n : notes) out.push_back(n.kind);
    }
  }

  subject user;
  fixed_zone zone;
  trigger_settings settings;
  engine::trigger_registry rules{{}};
  ranking_settings ranking;
  engine::item_model model{model_settings{}};
  trigger_fired last;
};

} // namespace riq::testing
