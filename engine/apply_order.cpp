#include "engine/transition.hpp"

#include <algorithm>

#include "engine/bounded.hpp"
#include "engine/day_window.hpp"
#include "messages/hash.hpp"

namespace riq::engine {
namespace {

known_order* find_order(user_state& state, const std::string& id) {
  const auto at = std::ranges::find(state.orders, id, &known_order::order_id);
  return at == state.orders.end() ? nullptr : &*at;
}

known_order& remember_order(transition& t, const order& o) {
  append_bounded(t.state.orders, known_order{o.order_id, o.status, t.e.time, 0, 0},
                 bounds::open_orders);
  return t.state.orders.back();
}

void add_purchased(user_state& state, const std::string& product) {
  const auto at = std::ranges::find(state.purchased, product);
  if (at != state.purchased.end())
    move_to_back(state.purchased, at);
  else
    append_bounded(state.purchased, product, bounds::purchased);
}

void buy(transition& t, const order_line& line, std::uint32_t session, bool counts) {
  auto& s = t.state;
  add_touch(s, line.product_id, touch_kind::purchase, t.e.time, session);
  add_purchased(s, line.product_id);
  take_at_price(s, line.price);
  if (!counts) return;
  auto& u = t.update(session_update::what::touch);
  u.session_key = stable_hash(s.user_id, session);
  u.touch = touch_kind::purchase;
  u.product_id = line.product_id;
  u.price = line.price;
  u.quantity = line.quantity;
}

// The outcome is the same whether a cancellation comes before or after its order: the order is
// counted in the totals, as is its cancellation, and nothing of it in the window.
void complete(transition& t, const order& o, std::uint32_t session) {
  auto& s = t.state;
  auto* known = find_order(s, o.order_id);
  if (known != nullptr && known->units > 0) return; // completed before, perhaps cancelled since
  const auto cancelled = known != nullptr && known->status == order_status::cancelled;
  if (known == nullptr) known = &remember_order(t, o);
  std::uint32_t units = 0;
  for (const auto& line : o.items) units += line.quantity;
  known->status = cancelled ? order_status::cancelled : order_status::completed;
  known->time = t.e.time;
  known->total = o.total;
  known->units = std::max(units, 1U);
  ++s.total.orders;
  s.total.units += units;
  s.total.spent += o.total;
  if (cancelled)
    ++s.total.cancellations;
  else
    add_to_day(s.purchases, day_of(t.e.time), o.total, purchase_days);
  for (const auto& line : o.items) buy(t, line, session, !cancelled);
  count_completion(t);
  if (cancelled) count_cancellation(t, o.total);
  clear_cart(s, t.e.time);
  if (!cancelled && !o.offer_decision_id.empty()) credit_order(t, o.offer_decision_id, o.total);
  if (!cancelled) attribute_order(t, o);
}

void cancel(transition& t, const order& o) {
  auto& s = t.state;
  auto* known = find_order(s, o.order_id);
  if (known == nullptr) {
    remember_order(t, o); // without units: the order is still to come
    return;
  }
  if (known->status == order_status::completed) {
    take_from_day(s.purchases, day_of(known->time), known->total);
    ++s.total.cancellations;
    count_cancellation(t, known->total);
  }
  known->status = order_status::cancelled;
}

} // namespace

void apply_order(transition& t, const order& o) {
  if (o.status == order_status::cancelled) return cancel(t, o); // often a clerk's act
  const auto session = enter_session(t.state, t.e.time, o.session_id, t.settings);
  note_presence(t.state, t.e.time, o.country);
  count_in_session(
    t, o.status == order_status::completed ? event_kind::order : event_kind::checkout, session);
  if (o.status == order_status::completed)
    complete(t, o, session);
  else if (find_order(t.state, o.order_id) == nullptr)
    remember_order(t, o);
}

} // namespace riq::engine
