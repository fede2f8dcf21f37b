// What an event means for the numbers about the shop. The definitions are those of
// docs/analytics.md; they hold whatever the order in which a user's events arrive, as long as each
// says so: a cart's outcome follows from event times, not from when its timer fired.
#include "engine/transition.hpp"

#include <algorithm>

#include "engine/day_window.hpp"
#include "engine/features.hpp"
#include "messages/hash.hpp"

namespace riq::engine {
namespace {

/// Weeks since Monday, 1969-12-29; the epoch was a Thursday.
std::int32_t week_of(std::int64_t time) {
  return (day_of(time) + 3) / 7;
}

void step(transition& t, std::int64_t began, cart_status from, cart_status to) {
  if (t.note.cart_steps < t.note.carts.size())
    t.note.carts[t.note.cart_steps++] = {began, from, to};
}

void move_cart(transition& t, cart_status to) {
  auto& c = t.state.counted;
  if (c.cart == to) return;
  step(t, c.cart_began, c.cart, to);
  const auto ended = to == cart_status::converted || to == cart_status::emptied;
  c.cart = ended ? cart_status::none : to;
}

void begin_cart(transition& t, std::int64_t time) {
  auto& c = t.state.counted;
  c.cart_began = time;
  c.cart = cart_status::open;
  step(t, time, cart_status::none, cart_status::open);
}

std::int64_t abandon_after_ms(const transition& t) {
  return std::int64_t{t.settings.abandon_after_min} * 60'000;
}

session_path path_of(const counted_state& c) {
  std::array<std::uint8_t, funnel_kinds> order{};
  std::size_t n = 0;
  for (std::uint8_t k = 0; k < funnel_kinds; ++k)
    if (c.first_ms[k] != counted_state::never) order[n++] = k;
  std::stable_sort(order.begin(), order.begin() + n,
                   [&](auto a, auto b) { return c.first_ms[a] < c.first_ms[b]; });
  session_path out;
  for (std::size_t i = 0; i < n; ++i) {
    out.code |= std::uint64_t{order[i] + 1U} << (4 * i);
    out.after_ms[i] = c.first_ms[order[i]] - c.first_ms[order[0]];
  }
  return out;
}

bool happened(transition& t, event_kind kind) {
  auto& c = t.state.counted;
  constexpr std::int64_t widest = std::numeric_limits<std::int32_t>::max() / 2;
  const auto at =
    static_cast<std::int32_t>(std::clamp(t.e.time - c.session_began, -widest, widest));
  auto& first = c.first_ms[static_cast<std::size_t>(kind)];
  if (first != counted_state::never && first <= at) return false;
  first = at;
  return true;
}

void count_segment(transition& t) {
  auto& c = t.state.counted;
  const auto now = t.state.last_active;
  const auto segment = static_cast<std::int32_t>(segment_of(t.state, now, t.settings));
  const auto day = day_of(now);
  if (segment == c.segment && day == c.day) return;
  t.note.segment_before = c.segment;
  t.note.day_before = c.day;
  t.note.segment_after = c.segment = segment;
  t.note.day_after = c.day = day;
}

void count_week(transition& t) {
  auto& c = t.state.counted;
  const auto week = week_of(t.e.time);
  if (c.cohort == 0) {
    c.cohort = week;
    t.note.new_user = true;
  }
  const auto later = std::max(week - c.cohort, 0);
  t.note.cohort = c.cohort;
  t.note.later = later;
  if (later >= static_cast<std::int32_t>(cohort_weeks)) return;
  const auto bit = std::uint64_t{1} << later;
  t.note.first_in_week = (c.active_weeks & bit) == 0;
  c.active_weeks |= bit;
}

void count_value(transition& t) {
  auto& c = t.state.counted;
  const auto value = c.cart == cart_status::open ? to_micros(cart_value(t.state)) : micros{0};
  t.note.open_value = value - c.cart_value;
  c.cart_value = value;
}

} // namespace

void begin_counting(transition& t, event_kind kind) {
  t.note.counts = true;
  t.note.kind = kind;
  t.note.user = stable_hash(t.state.user_id);
  const auto& c = t.state.counted;
  if (c.cart == cart_status::open && t.e.time > t.state.basket.updated + abandon_after_ms(t))
    move_cart(t, cart_status::abandoned);
}

void count_in_session(transition& t, event_kind kind, std::uint32_t session) {
  auto& c = t.state.counted;
  t.note.session = stable_hash(t.state.user_id, session);
  if (session != t.state.current.number) return; // of an earlier one, whose path is told
  const auto is_new = c.session != session;
  if (!is_new && c.first_ms[static_cast<std::size_t>(kind)] != counted_state::never &&
      t.e.time - c.session_began >= c.first_ms[static_cast<std::size_t>(kind)])
    return; // as almost always
  if (!is_new) t.note.path_before = path_of(c);
  if (is_new) {
    c.session = session;
    c.session_began = t.e.time;
    c.first_ms.fill(counted_state::never);
  }
  auto changed = happened(t, kind);
  // An order without a checkout of its own is one.
  if (kind == event_kind::order &&
      c.first_ms[static_cast<std::size_t>(event_kind::checkout)] == counted_state::never)
    changed = happened(t, event_kind::checkout) || changed;
  t.note.path_changed = changed;
  t.note.session_began = c.session_began;
  t.note.path_after = path_of(c);
}

void count_completion(transition& t) {
  auto& c = t.state.counted;
  t.note.completed = true;
  if (c.cart != cart_status::open && c.cart != cart_status::abandoned) return;
  if (t.e.time < c.cart_began) return; // of an order before it
  if (t.e.time <= t.state.basket.updated + abandon_after_ms(t))
    move_cart(t, cart_status::converted);
  else
    c.cart = cart_status::none; // it stays abandoned; what is put in now begins another
}

void count_cancellation(transition& t, double total) {
  t.note.cancelled = true;
  t.note.cancelled_total = to_micros(total);
}

void count_abandonment(transition& t, std::int64_t at, std::int8_t by) {
  t.note.abandoned_at = at;
  t.note.abandonments = by;
}

void count_reward(transition& t, const pending_decision& p, double reward) {
  t.note.rewarded = true;
  t.note.campaign = p.campaign;
  t.note.arm = p.arm;
  t.note.reward = to_micros(reward);
}

void finish_counting(transition& t, std::int64_t cart_updated_before) {
  auto& c = t.state.counted;
  const auto& basket = t.state.basket;
  const auto standing = c.cart == cart_status::open || c.cart == cart_status::abandoned;
  if (basket.lines.empty()) {
    if (standing) move_cart(t, cart_status::emptied);
  } else if (!standing) {
    // An order leaves what was put in after it: another cart.
    if (t.note.completed)
      begin_cart(t, basket.updated);
    else if (t.note.kind == event_kind::add_to_cart)
      begin_cart(t, t.e.time);
  } else if (c.cart == cart_status::abandoned && basket.updated > cart_updated_before &&
             basket.abandoned != basket.updated) {
    move_cart(t, cart_status::open);
  }
  if (t.note.abandonments > 0 && c.cart == cart_status::open && basket.abandoned == basket.updated)
    move_cart(t, cart_status::abandoned);
  if (c.cart_value != 0 || c.cart == cart_status::open) {
    const auto k = t.note.kind;
    if (t.note.cart_steps > 0 || t.note.completed || k == event_kind::add_to_cart ||
        k == event_kind::remove_from_cart)
      count_value(t);
  }
  if (t.note.session == 0) return; // not the user's own doing
  count_week(t);
  count_segment(t);
}

void count_erasure(transition& t) {
  auto& c = t.state.counted;
  if (c.cart == cart_status::open) move_cart(t, cart_status::emptied);
  t.note.open_value = -c.cart_value;
  t.note.segment_before = c.segment;
  t.note.day_before = c.day;
}

} // namespace riq::engine
