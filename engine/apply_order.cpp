#include "engine/transition.hpp"

#include <algorithm>
#include <utility>

#include "engine/bounded.hpp"
#include "engine/day_window.hpp"
#include "messages/hash.hpp"

namespace riq::engine {
namespace {

known_order* find_order(user_state& state, const std::string& id) {
  const auto at = std::ranges::find(state.orders, id, &known_order::order_id);
  return at == state.orders.end() ? nullptr : &*at;
}

bool has_bought(const known_order& o, std::uint64_t product) {
  return std::ranges::find(o.bought, product) != o.bought.end();
}

known_order& remember_order(transition& t, const order& o) {
  auto& list = t.state.orders;
  if (list.size() == bounds::open_orders) {
    // What the forgotten one bought stays bought, whatever becomes of the others.
    const auto kept = std::exchange(list.front(), {});
    for (auto& other : list)
      std::erase_if(other.bought, [&](auto product) { return has_bought(kept, product); });
  }
  append_bounded(list, known_order{o.order_id, o.status, t.e.time, 0, 0, {}}, bounds::open_orders);
  return list.back();
}

/// Whether an order that can still be cancelled is what bought it.
bool can_be_taken_back(const user_state& state, std::uint64_t product) {
  return std::ranges::any_of(state.orders,
                             [&](const known_order& o) { return has_bought(o, product); });
}

void add_purchased(user_state& state, known_order& by, const std::string& product) {
  const auto hash = stable_hash(product);
  const auto at = std::ranges::find(state.purchased, product);
  const bool is_new = at == state.purchased.end();
  if ((is_new || can_be_taken_back(state, hash)) && !has_bought(by, hash) &&
      by.bought.size() < bounds::order_items) {
    grow_tightly(by.bought);
    by.bought.push_back(hash);
  }
  if (is_new)
    append_bounded(state.purchased, product, bounds::purchased);
  else
    move_to_back(state.purchased, at);
}

void take_purchases_back(user_state& state, known_order& of) {
  for (const auto product : std::exchange(of.bought, {}))
    if (!can_be_taken_back(state, product)) // not bought by another one, too
      std::erase_if(state.purchased,
                    [&](const std::string& id) { return stable_hash(id) == product; });
}

void buy(transition& t, known_order& by, const order_line& line, std::uint32_t session) {
  auto& s = t.state;
  add_touch(s, line.product_id, touch_kind::purchase, t.e.time, session);
  take_at_price(s, line.price);
  if (by.status == order_status::cancelled) return;
  add_purchased(s, by, line.product_id);
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
  for (const auto& line : o.items) buy(t, *known, line, session);
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
    take_purchases_back(s, *known);
  }
  known->status = order_status::cancelled;
}

} // namespace

void apply_order(transition& t, const order& o) {
  if (o.status == order_status::cancelled) return cancel(t, o); // often a clerk's act
  come_back_to_cart(t);
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
