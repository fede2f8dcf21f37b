#include "engine/transition.hpp"

#include <algorithm>

#include "engine/apply.hpp"
#include "engine/bounded.hpp"

namespace riq::engine {
namespace {

// Many additions of one item must not overflow what a line can count.
constexpr std::uint32_t max_pieces = 1'000'000;

std::int64_t abandoned_at(const user_state& state, const feature_settings& settings) {
  // A shopper who still looks around has not left.
  return std::max(state.basket.updated, state.last_active) +
         std::int64_t{settings.abandon_after_min} * 60'000;
}

bool awaits_abandonment(const cart& c) {
  return !c.lines.empty() && c.abandoned != c.updated;
}

} // namespace

bool add_to_cart(user_state& state, const activity& a, std::int64_t time) {
  auto& basket = state.basket;
  if (basket.cleared != 0 && time <= basket.cleared) return false;
  basket.updated = std::max(basket.updated, time);
  auto at = std::ranges::find(basket.lines, a.product_id, &cart_line::product_id);
  if (at == basket.lines.end()) {
    append_bounded(basket.lines, cart_line{a.product_id, a.quantity, a.price, time},
                   bounds::cart_lines);
    return true;
  }
  at->quantity = std::min(at->quantity + a.quantity, max_pieces);
  if (a.price > 0 && (time >= at->time || at->price == 0)) at->price = a.price;
  at->time = std::max(at->time, time);
  return true;
}

bool remove_from_cart(user_state& state, const activity& a, std::int64_t time) {
  auto& basket = state.basket;
  if (basket.cleared != 0 && time <= basket.cleared) return false;
  const auto at = std::ranges::find(basket.lines, a.product_id, &cart_line::product_id);
  if (at == basket.lines.end()) return false;
  basket.updated = std::max(basket.updated, time);
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
}

void abandon_cart(user_state& state, const cart_abandoned& fact, std::int64_t time,
                  const feature_settings& settings) {
  auto& basket = state.basket;
  if (!awaits_abandonment(basket) || fact.cart_time != basket.updated) return;
  if (time < abandoned_at(state, settings)) return; // the user came back before this was applied
  basket.abandoned = basket.updated;
  ++basket.abandonments;
}

std::int64_t abandonment_due(const user_state& state, const feature_settings& settings) {
  return awaits_abandonment(state.basket) ? abandoned_at(state, settings) : 0;
}

} // namespace riq::engine
