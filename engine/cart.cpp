#include "engine/transition.hpp"

#include <algorithm>

#include "engine/apply.hpp"
#include "engine/bounded.hpp"
#include "messages/hash.hpp"

namespace riq::engine {
namespace {

// Many additions of one item must not overflow what a line can count.
constexpr std::uint32_t max_pieces = 1'000'000;

// A shopper who still looks around has not left.
std::int64_t left_at(const user_state& state) {
  return std::max(state.basket.updated, state.last_active);
}

std::int64_t abandon_after_ms(const feature_settings& settings) {
  return std::int64_t{settings.abandon_after_min} * 60'000;
}

std::int64_t abandoned_at(const user_state& state, const feature_settings& settings) {
  return left_at(state) + abandon_after_ms(settings);
}

bool awaits_abandonment(const cart& c) {
  return !c.lines.empty() && c.abandoned != c.updated;
}

void abandon(transition& t) {
  auto& basket = t.state.basket;
  basket.abandoned = basket.updated;
  basket.left = left_at(t.state);
  ++basket.abandonments;
  count_abandonment(t, abandoned_at(t.state, t.settings), 1);
}

// A change from before the user left, told late, does not open the cart again.
void cart_changed(cart& basket, std::int64_t time) {
  const bool was_left = basket.abandoned != 0 && basket.abandoned == basket.updated;
  basket.updated = std::max(basket.updated, time);
  if (was_left && time <= basket.left) basket.abandoned = basket.updated;
}

cart_removal* find_removal(std::vector<cart_removal>& list, const std::string& product) {
  const auto at = std::ranges::find(list, stable_hash(product), &cart_removal::product);
  return at == list.end() ? nullptr : &*at;
}

cart_removal& remember_removal(cart& basket, const std::string& product, std::int64_t time) {
  auto& list = basket.removals.own();
  if (auto* known = find_removal(list, product)) {
    known->time = std::max(known->time, time);
    return *known;
  }
  append_bounded(list, cart_removal{stable_hash(product), time, 0}, bounds::cart_removals);
  return list.back();
}

} // namespace

bool add_to_cart(user_state& state, const activity& a, std::int64_t time) {
  auto& basket = state.basket;
  if (basket.cleared != 0 && time <= basket.cleared) return false;
  auto pieces = a.quantity;
  auto changed = time;
  if (basket.removals.takes_room()) {
    auto* out = find_removal(basket.removals.own(), a.product_id);
    if (out != nullptr && out->missing > 0 && time <= out->time) { // taken out before this was told
      const auto gone = std::min(pieces, out->missing);
      out->missing -= gone;
      pieces -= gone;
      changed = out->time;
    }
  }
  cart_changed(basket, changed);
  if (pieces == 0) return true;
  auto at = std::ranges::find(basket.lines, a.product_id, &cart_line::product_id);
  if (at == basket.lines.end()) {
    append_bounded(basket.lines, cart_line{a.product_id, pieces, a.price, changed},
                   bounds::cart_lines);
    return true;
  }
  at->quantity = std::min(at->quantity + pieces, max_pieces);
  if (a.price > 0 && (time >= at->time || at->price == 0)) at->price = a.price;
  at->time = std::max(at->time, changed);
  return true;
}

bool remove_from_cart(user_state& state, const activity& a, std::int64_t time) {
  auto& basket = state.basket;
  if (basket.cleared != 0 && time <= basket.cleared) return false;
  auto& removal = remember_removal(basket, a.product_id, time);
  const auto at = std::ranges::find(basket.lines, a.product_id, &cart_line::product_id);
  const auto held = at == basket.lines.end() ? 0 : at->quantity;
  if (a.quantity > held)
    removal.missing = std::min(removal.missing + (a.quantity - held), max_pieces);
  if (at == basket.lines.end()) return false;
  cart_changed(basket, time);
  if (at->quantity <= a.quantity) {
    basket.lines.erase(at);
  } else {
    at->quantity -= a.quantity;
    at->time = std::max(at->time, time);
  }
  return true;
}

void clear_cart(user_state& state, std::int64_t time) {
  auto& basket = state.basket;
  basket.cleared = std::max(basket.cleared, time);
  std::erase_if(basket.lines, [&](const cart_line& l) { return l.time <= time; });
  if (!basket.removals.takes_room()) return;
  std::erase_if(basket.removals.own(), [&](const cart_removal& r) { return r.time <= time; });
  basket.removals.settle();
}

void abandon_cart(transition& t, const cart_abandoned& fact) {
  const auto& basket = t.state.basket;
  if (!awaits_abandonment(basket) || fact.cart_time != basket.updated) return;
  if (t.e.time < abandoned_at(t.state, t.settings)) return; // the user came back before this
  abandon(t);
}

void come_back_to_cart(transition& t) {
  auto& basket = t.state.basket;
  const auto time = t.e.time;
  const auto left = left_at(t.state);
  const auto due = left + abandon_after_ms(t.settings);
  if (awaits_abandonment(basket)) {
    if (time >= due) abandon(t);
  } else if (basket.abandoned != 0 && basket.abandoned == basket.updated && basket.left == left &&
             left < time && time < due) {
    basket.abandoned = 0;
    --basket.abandonments;
    count_abandonment(t, due, -1);
  }
}

std::int64_t abandonment_due(const user_state& state, const feature_settings& settings) {
  return awaits_abandonment(state.basket) ? abandoned_at(state, settings) : 0;
}

} // namespace riq::engine
