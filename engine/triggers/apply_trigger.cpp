// What a decided trigger, and what follows it, does to a user.
#include <algorithm>

#include "engine/bounded.hpp"
#include "engine/day_window.hpp"
#include "engine/transition.hpp"
#include "messages/msgpack.hpp"
#include "messages/parse_json.hpp"

namespace riq::engine {
namespace {

constexpr std::size_t longest_zone = 64;

bool waits_for_silence(trigger_kind kind) {
  return kind == trigger_kind::cart_abandoned || kind == trigger_kind::browse_abandoned ||
         kind == trigger_kind::win_back;
}

bool about_item(trigger_kind kind) {
  return kind == trigger_kind::price_drop || kind == trigger_kind::back_in_stock;
}

trigger_mark* find_mark(trigger_state& s, const trigger_fired& f) {
  const auto at = std::ranges::find_if(s.marks, [&](const trigger_mark& m) {
    return m.rule == f.rule && m.step == f.step && m.about == f.about;
  });
  return at == s.marks.end() ? nullptr : &*at;
}

// Offsets of an item's changes ascend; the other anchors only have to be another.
bool decided_before(const trigger_mark& m, const trigger_fired& f) {
  return about_item(f.kind) ? m.anchor >= f.anchor : m.anchor == f.anchor;
}

// The user came back, or what it was about is gone.
bool is_void(const user_state& s, const trigger_fired& f) {
  if (!waits_for_silence(f.kind)) return false;
  if (s.last_active > f.seen) return true;
  if (f.kind == trigger_kind::cart_abandoned)
    return s.basket.lines.empty() || s.basket.updated != f.anchor;
  return f.kind == trigger_kind::browse_abandoned && s.current.number != f.anchor;
}

void mark(trigger_state& s, const trigger_fired& f, std::int64_t time) {
  const auto price =
    f.kind == trigger_kind::price_drop && !f.items.empty() ? f.items.front().price : 0;
  if (auto* m = find_mark(s, f)) {
    m->anchor = f.anchor;
    m->time = time;
    m->price = price;
    return;
  }
  if (s.marks.size() >= bounds::trigger_marks)
    s.marks.erase(std::ranges::min_element(s.marks, {}, &trigger_mark::time));
  grow_tightly(s.marks);
  s.marks.push_back({f.rule, f.step, f.about, f.anchor, time, price});
}

bool over_caps(const trigger_state& s, const trigger_fired& f, std::int64_t time) {
  return (f.cap_day > 0 && sum_of_days(s.days, time, 1).count >= f.cap_day) ||
         (f.cap_week > 0 && sum_of_days(s.days, time, 7).count >= f.cap_week);
}

} // namespace

void apply_trigger(transition& t, const trigger_fired& f) {
  const auto time = t.e.time;
  const auto note = [&](trigger_note::what kind) {
    if (t.notes) t.notes->push_back({kind, t.offset, time, {}, 0, {}});
  };
  // An erased user is owed nothing.
  if (t.state.total.events == 0) return note(trigger_note::what::no_effect);
  auto& s = t.state.triggers.own();
  if (const auto* m = find_mark(s, f); m && decided_before(*m, f))
    return note(trigger_note::what::no_effect);
  if (is_void(t.state, f)) return note(trigger_note::what::no_effect);
  std::erase_if(s.deferred, [&](const deferred_trigger& d) {
    return d.rule == f.rule && d.about == f.about && d.anchor <= f.anchor;
  });
  if (f.verdict == trigger_verdict::deferred) {
    append_bounded(s.deferred,
                   deferred_trigger{f.rule, f.about, f.anchor, f.due,
                                    f.items.empty() ? 0 : f.items.front().price_before},
                   bounds::deferred_triggers);
    return;
  }
  mark(s, f, time);
  if (f.verdict == trigger_verdict::skipped) return note(trigger_note::what::skipped);
  if (s.consent == consent::refused) return note(trigger_note::what::no_effect);
  if (over_caps(s, f, time)) return note(trigger_note::what::capped);
  add_to_day(s.days, day_of(time), 0, view_days);
  trigger_contact c{
    .offset = t.offset, .rule = f.rule, .kind = f.kind, .time = time, .until = time + f.window_ms};
  if (!f.offer.empty())
    if (const auto served = from_msgpack<offer_served>(f.offer))
      c.decision_id = served->decision_id;
  append_bounded(s.contacts, std::move(c), bounds::trigger_contacts);
  note(trigger_note::what::fired);
}

void attribute_order(transition& t, const order& o) {
  if (t.state.triggers->contacts.empty()) return;
  auto& contacts = t.state.triggers.own().contacts;
  const auto time = t.e.time;
  const auto newest = std::find_if(contacts.rbegin(), contacts.rend(), [&](const auto& c) {
    return c.time <= time && time <= c.until;
  });
  if (newest == contacts.rend() || newest->converted) return;
  newest->converted = true;
  // An order that names an offer has credited that one already; a decision is credited once.
  const auto carried = o.offer_decision_id.empty() ? newest->decision_id : std::string{};
  if (!carried.empty()) credit_order(t, carried, o.total);
  if (t.notes)
    t.notes->push_back(
      {trigger_note::what::converted, newest->offset, time, o.order_id, o.total, carried});
}

void note_wishes(user_state& state, const std::string& properties, std::int64_t time) {
  // Most properties tell neither; reading JSON for each event would cost more than applying it.
  const bool consent = properties.find("\"consent\"") != std::string::npos;
  const bool zone = properties.find("\"timeZone\"") != std::string::npos;
  if (!consent && !zone) return;
  const auto root = read_json(properties);
  if (!root) return;
  // What was told last holds, whenever it arrives. Of two at one moment a refusal holds.
  const auto told_at = state.triggers->consent_at;
  bool given = false;
  if ((*root)["consent"].get(given) == simdjson::SUCCESS &&
      (time > told_at || (time == told_at && !given))) {
    auto& s = state.triggers.own();
    s.consent = given ? consent::given : consent::refused;
    s.consent_at = time;
  }
  std::string_view name;
  if ((*root)["timeZone"].get(name) == simdjson::SUCCESS && good_id(name, longest_zone) &&
      time >= state.triggers->time_zone_at) {
    auto& s = state.triggers.own();
    s.time_zone = name;
    s.time_zone_at = time;
  }
}

} // namespace riq::engine
