#include "engine/triggers/schedule.hpp"

#include <algorithm>

#include "engine/day_window.hpp"
#include "engine/features.hpp"

namespace riq::engine {
namespace {

const trigger_mark* mark_of(const user_state& s, const std::string& rule, std::uint32_t step,
                            std::string_view about) {
  const auto& marks = s.triggers->marks;
  const auto at = std::ranges::find_if(marks, [&](const trigger_mark& m) {
    return m.step == step && m.rule == rule && m.about == about;
  });
  return at == marks.end() ? nullptr : &*at;
}

bool capped(const user_state& s, const trigger_settings& settings, std::int64_t at) {
  const auto& days = s.triggers->days;
  return (settings.max_per_user_day > 0 &&
          sum_of_days(days, at, 1).count >= settings.max_per_user_day) ||
         (settings.max_per_user_week > 0 &&
          sum_of_days(days, at, 7).count >= settings.max_per_user_week);
}

bool cooling(const user_state& s, const trigger_rule& rule, std::int64_t at) {
  const auto wait = std::int64_t{rule.told.cooldown_hours} * 3'600'000;
  return wait > 0 && std::ranges::any_of(s.triggers->marks, [&](const trigger_mark& m) {
           return m.rule == rule.told.id && at - m.time < wait;
         });
}

// What keeps it back at the time it is due. A step after the first belongs to a series that has
// begun, which no cool-down ends.
void hinder(armed_trigger& a, const user_state& s, const trigger_world& w) {
  const auto consent = s.triggers->consent;
  if (consent == consent::refused ||
      (consent == consent::unknown && w.settings.consent == "opt_in")) {
    a.why = hindrance::consent;
  } else if (const auto* unmet = first_unmet(*a.rule, s, a.due, w.features)) {
    a.why = hindrance::condition;
    const auto index = static_cast<std::size_t>(unmet - a.rule->conditions.data());
    a.detail = a.rule->told.conditions[index];
  } else if (a.step == 0 && cooling(s, *a.rule, a.due)) {
    a.why = hindrance::cooldown;
  } else if (capped(s, w.settings, a.due)) {
    a.why = hindrance::cap;
  }
}

// Whether the rule has something to wait for, and what armed it.
bool arms(const trigger_rule& rule, const user_state& s, std::int64_t& anchor) {
  switch (rule.told.kind) {
  case trigger_kind::cart_abandoned:
    anchor = s.basket.updated;
    return !s.basket.lines.empty();
  case trigger_kind::browse_abandoned:
    anchor = s.current.number;
    return s.basket.lines.empty() && s.current.number > 0 && s.basket.cleared < s.current.started;
  case trigger_kind::win_back:
    anchor = s.last_active;
    return s.last_active > 0;
  default:
    return false;
  }
}

// Until when the series waits, 0: it does not. A change of an item waits by itself.
std::int64_t deferred_until(const user_state& s, const trigger_rule& rule, std::int64_t anchor) {
  const auto& all = s.triggers->deferred;
  const auto at = std::ranges::find_if(all, [&](const deferred_trigger& d) {
    return d.rule == rule.told.id && d.about.empty() && d.anchor == anchor;
  });
  return at == all.end() ? 0 : at->due;
}

void arm(std::vector<armed_trigger>& out, const trigger_rule& rule, const user_state& s,
         const trigger_world& w) {
  std::int64_t anchor = 0;
  if (!rule.told.enabled || !arms(rule, s, anchor)) return;
  // A series goes on behind its last decided step.
  std::uint32_t step = 0;
  for (std::uint32_t i = 0; i < rule.after.size(); ++i)
    if (const auto* m = mark_of(s, rule.told.id, i, {}); m && m->anchor == anchor) step = i + 1;
  for (; step < rule.after.size(); ++step) {
    armed_trigger a{.rule = &rule, .step = step, .anchor = anchor};
    // A shopper who still looks around has not left.
    a.due = std::max(after_quiet_hours(s.last_active + rule.after[step], rule, s, w),
                     deferred_until(s, rule, anchor));
    hinder(a, s, w);
    out.push_back(a);
    // What holds only for that moment leaves the next step its chance.
    if (a.why != hindrance::cap && a.why != hindrance::condition) break;
  }
}

void arm_deferred(std::vector<armed_trigger>& out, const user_state& s, const trigger_world& w) {
  for (const auto& d : s.triggers->deferred) {
    if (d.about.empty()) continue; // of a series, which is armed by what it waits for
    const auto* rule = w.rules.find(d.rule);
    if (rule == nullptr || !rule->told.enabled) continue;
    armed_trigger a{.rule = rule, .anchor = d.anchor, .due = d.due, .about = d.about};
    a.price_before = d.price_before;
    hinder(a, s, w);
    out.push_back(std::move(a));
  }
}

bool cares_for(const user_state& s, std::string_view product) {
  if (std::ranges::find(s.purchased, product) != s.purchased.end()) return false;
  return std::ranges::find(s.touches, product, &touch::product_id) != s.touches.end() ||
         std::ranges::find(s.basket.lines, product, &cart_line::product_id) != s.basket.lines.end();
}

} // namespace

seen_price price_seen(const user_state& state, std::string_view product) {
  seen_price out;
  const auto newer = [&](double price, std::int64_t time) {
    if (price > 0 && (out.price == 0 || time > out.time)) out = {price, time};
  };
  for (const auto& l : state.basket.lines)
    if (l.product_id == product) newer(l.price, l.time);
  for (const auto& t : state.touches)
    if (t.product_id == product) newer(t.price, t.time);
  return out;
}

std::vector<armed_trigger> armed_timers(const user_state& state, const trigger_world& world) {
  std::vector<armed_trigger> out;
  for (const auto& rule : world.rules.rules()) arm(out, rule, state, world);
  arm_deferred(out, state, world);
  return out;
}

std::int64_t next_trigger_due(const user_state& state, const trigger_world& world) {
  std::int64_t first = 0;
  if (state.total.events == 0 || world.rules.rules().empty()) return first;
  for (const auto& a : armed_timers(state, world))
    if (a.why == hindrance::none && (first == 0 || a.due < first)) first = a.due;
  return first;
}

std::vector<armed_trigger> high_intent(const user_state& state, const trigger_world& world,
                                       std::int64_t now) {
  std::vector<armed_trigger> out;
  for (const auto& rule : world.rules.rules()) {
    if (!rule.told.enabled || rule.told.kind != trigger_kind::high_intent) continue;
    const std::int64_t session = state.current.number;
    const auto* m = mark_of(state, rule.told.id, 0, {});
    if (session == 0 || (m && m->anchor == session)) continue;
    if (now - state.current.last > std::int64_t{rule.told.late_min} * 60'000) continue;
    // Something was bought in this session: the intent was followed.
    if (state.basket.cleared >= state.current.started) continue;
    armed_trigger a{.rule = &rule, .anchor = session, .due = now};
    if (after_quiet_hours(now, rule, state, world) != now) a.why = hindrance::quiet;
    if (a.why == hindrance::none) hinder(a, state, world);
    out.push_back(std::move(a));
  }
  return out;
}

std::vector<armed_trigger> triggers_of(const item_change& change, const user_state& state,
                                       const trigger_world& world, std::int64_t now) {
  std::vector<armed_trigger> out;
  if (!cares_for(state, change.product_id)) return out;
  const auto seen = price_seen(state, change.product_id);
  for (const auto& rule : world.rules.rules()) {
    const auto kind = rule.told.kind;
    if (!rule.told.enabled) continue;
    const auto* m = mark_of(state, rule.told.id, 0, change.product_id);
    if (m && m->anchor >= change.number) continue;
    // What the user was told of already is what they know.
    const auto known = m && m->price > 0 && m->time >= seen.time ? m->price : seen.price;
    const bool dropped = kind == trigger_kind::price_drop && change.in_stock && change.price > 0 &&
                         change.price < known &&
                         change.price <= known * (1 - rule.told.min_drop_percent / 100);
    const bool back = kind == trigger_kind::back_in_stock && change.came_back && change.in_stock;
    if (!dropped && !back) continue;
    armed_trigger a{.rule = &rule, .anchor = change.number, .about = change.product_id};
    a.price_before = dropped ? known : 0;
    a.fresh = true;
    a.price = change.price;
    a.due = after_quiet_hours(now, rule, state, world);
    hinder(a, state, world);
    if (a.why == hindrance::none && a.due != now) a.why = hindrance::quiet;
    out.push_back(std::move(a));
  }
  return out;
}

} // namespace riq::engine
