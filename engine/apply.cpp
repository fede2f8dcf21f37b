#include "engine/apply.hpp"

#include <algorithm>
#include <optional>

#include "engine/day_window.hpp"
#include "engine/transition.hpp"
#include "messages/hash.hpp"

namespace riq::engine {
namespace {

event_kind kind_of(activity_type type) {
  return static_cast<event_kind>(type); // the same words in the same order
}

/// How the numbers about the shop count a fact; nothing when they do not.
struct kind_finder {
  std::optional<event_kind> operator()(const activity& f) const { return kind_of(f.type); }
  std::optional<event_kind> operator()(const order& f) const {
    switch (f.status) {
    case order_status::checkout:
      return event_kind::checkout;
    case order_status::completed:
      return event_kind::order;
    case order_status::cancelled:
      break;
    }
    return event_kind::cancel;
  }
  std::optional<event_kind> operator()(const offer_served&) const {
    return event_kind::offer_served;
  }
  std::optional<event_kind> operator()(const offer_rewarded&) const {
    return event_kind::offer_rewarded;
  }
  std::optional<event_kind> operator()(const cart_abandoned&) const {
    return event_kind::cart_abandoned;
  }
  std::optional<event_kind> operator()(const user_erased&) const { return event_kind::erased; }
  // The shop's doing, not the shopper's.
  std::optional<event_kind> operator()(const trigger_fired&) const { return {}; }
  std::optional<event_kind> operator()(const offer_expired&) const { return {}; }
  std::optional<event_kind> operator()(const offer_redeemed&) const { return {}; }
  std::optional<event_kind> operator()(const lease_asked&) const { return {}; }
  std::optional<event_kind> operator()(const lease_granted&) const { return {}; }
};

// How much an activity says about a taste; an item looked at is 1.
double taste_weight(const activity& a) {
  switch (a.type) {
  case activity_type::view:
    return 1;
  case activity_type::click:
    return 1.5;
  case activity_type::scroll:
    return 0.25;
  case activity_type::time_on_page:
    return std::min(a.duration_sec / 30, 2.0);
  case activity_type::add_to_cart:
    return 4;
  case activity_type::search:
    return 1;
  case activity_type::remove_from_cart:
    return 0;
  }
  return 0;
}

// A scroll only accompanies a view, and a search has no item.
bool touches_item(activity_type type, touch_kind& kind) {
  switch (type) {
  case activity_type::view:
    kind = touch_kind::view;
    return true;
  case activity_type::click:
    kind = touch_kind::click;
    return true;
  case activity_type::time_on_page:
    kind = touch_kind::dwell;
    return true;
  case activity_type::add_to_cart:
    kind = touch_kind::cart;
    return true;
  case activity_type::remove_from_cart:
    kind = touch_kind::uncart;
    return true;
  case activity_type::scroll:
  case activity_type::search:
    break;
  }
  return false;
}

void touch_item(transition& t, const activity& a, touch_kind kind, std::uint32_t session) {
  add_touch(t.state, a.product_id, kind, t.e.time, session, a.price);
  auto& u = t.update(session_update::what::touch);
  u.session_key = stable_hash(t.state.user_id, session);
  u.touch = kind;
  u.product_id = a.product_id;
  u.category = a.category;
  u.brand = a.brand;
  u.price = a.price;
  u.quantity = a.quantity;
}

void apply_activity(transition& t, const activity& a) {
  auto& s = t.state;
  const auto time = t.e.time;
  come_back_to_cart(t);
  ++s.total.by_type[static_cast<std::size_t>(a.type)];
  const auto session = enter_session(s, time, a.session_id, t.settings);
  note_presence(s, time, a.country);
  count_in_session(t, kind_of(a.type), session);
  if (!a.properties.empty()) note_wishes(s, a.properties, time);
  add_taste(s.categories, a.category, taste_weight(a), time);
  add_taste(s.brands, a.brand, taste_weight(a), time);
  switch (a.type) {
  case activity_type::view:
    add_to_day(s.views, day_of(time), 0, view_days);
    [[fallthrough]];
  case activity_type::click:
    look_at_price(s, a.price);
    break;
  case activity_type::add_to_cart:
    if (add_to_cart(s, a, time)) take_at_price(s, a.price);
    break;
  case activity_type::remove_from_cart:
    remove_from_cart(s, a, time);
    break;
  case activity_type::search:
    add_search(s, a.query);
    break;
  case activity_type::scroll:
  case activity_type::time_on_page:
    break;
  }
  auto kind = touch_kind::view;
  if (!a.product_id.empty() && touches_item(a.type, kind)) touch_item(t, a, kind, session);
}

// The positions stay for a while, so that nothing from before comes back; import lines name files,
// not people.
void erase(transition& t) {
  auto& s = t.state;
  t.update(session_update::what::forget);
  count_erasure(t);
  if (t.notes) t.notes->push_back({trigger_note::what::forgotten, t.offset, t.e.time, {}, 0, {}});
  user_state empty;
  empty.user_id = std::move(s.user_id);
  empty.applied = s.applied;
  empty.source_offsets = s.source_offsets;
  empty.producers = std::move(s.producers);
  empty.erased = t.e.time;
  s = std::move(empty);
}

/// What is told of a decision about somebody who was erased: it makes nobody known again.
bool about_nobody(const user_state& state, const event& e) {
  return state.total.events == 0 && (std::holds_alternative<offer_rewarded>(e.what) ||
                                     std::holds_alternative<offer_redeemed>(e.what));
}

struct fact_applier {
  transition& t;
  void operator()(const activity& f) { apply_activity(t, f), ++t.state.total.events; }
  void operator()(const order& f) { apply_order(t, f), ++t.state.total.events; }
  void operator()(const offer_served& f) { apply_served(t, f), ++t.state.total.events; }
  void operator()(const offer_rewarded& f) { apply_rewarded(t, f), ++t.state.total.events; }
  // A timer's fact is no event of the user's: totals count the same with and without timers.
  void operator()(const cart_abandoned& f) { abandon_cart(t, f); }
  void operator()(const trigger_fired& f) { apply_trigger(t, f); }
  void operator()(const offer_expired& f) { apply_expired(t, f); }
  void operator()(const offer_redeemed& f) { apply_redeemed(t, f), ++t.state.total.events; }
  // Between shards; no user meets them.
  void operator()(const lease_asked&) {}
  void operator()(const lease_granted&) {}
  void operator()(const user_erased&) { erase(t); }
};

} // namespace

session_update& transition::update(session_update::what kind) {
  auto& u = updates.emplace_back();
  u.kind = kind;
  u.user_key = stable_hash(state.user_id);
  u.time = e.time;
  return u;
}

applied apply(user_state& state, const event& e, std::int64_t offset,
              const feature_settings& settings, std::vector<session_update>& updates,
              analytics_note& note, std::vector<trigger_note>* notes,
              std::vector<offer_expired>* expired) {
  if (offset >= 0 && offset <= state.applied) return applied::duplicate;
  state.applied = std::max(state.applied, offset);
  if (state.user_id.empty()) state.user_id = e.user_id;
  if (seen_before(state, e)) return applied::duplicate;
  transition t{state, e, settings, updates, note, notes, offset, expired};
  if (about_nobody(state, e)) return applied::yes;
  const auto kind = std::visit(kind_finder{}, e.what);
  const auto cart_updated = state.basket.updated;
  if (kind) begin_counting(t, *kind);
  std::visit(fact_applier{t}, e.what);
  if (kind && *kind != event_kind::erased) finish_counting(t, cart_updated);
  return applied::yes;
}

applied apply(user_state& state, const event& e, std::int64_t offset,
              const feature_settings& settings, std::vector<session_update>& updates,
              std::vector<trigger_note>* notes) {
  analytics_note unread;
  return apply(state, e, offset, settings, updates, unread, notes);
}

} // namespace riq::engine
