#include "engine/transition.hpp"

#include <algorithm>
#include <cmath>

#include "engine/bounded.hpp"
#include "engine/decay.hpp"
#include "messages/hash.hpp"

namespace riq::engine {
namespace {

// Of the mean of prices looked at: about the last 20 of them count.
constexpr double price_memory = 0.95;

void mark_seen(user_state& state, const std::string& product) {
  const auto key = stable_hash(product);
  if (std::ranges::find(state.seen, key) == state.seen.end())
    append_bounded(state.seen, key, bounds::seen);
}

// What an item newly touched displaces, if anything: the oldest. False when it is older itself.
bool make_room(std::vector<touch>& touches, std::int64_t time) {
  if (touches.size() < bounds::touches) return true;
  if (time < touches.front().time) return false;
  touches.erase(touches.begin());
  return true;
}

} // namespace

void add_touch(user_state& state, const std::string& product, touch_kind kind, std::int64_t time,
               std::uint32_t session, double price) {
  auto& touches = state.touches;
  bool met = false;
  auto at = touches.end();
  for (auto i = touches.begin(); i != touches.end(); ++i) {
    if (i->product_id != product) continue;
    met = true;
    if (i->kind == kind) at = i;
  }
  if (!met) mark_seen(state, product);
  const auto later = [](std::int64_t t, const touch& x) { return t < x.time; };
  if (at == touches.end()) {
    if (!make_room(touches, time)) return;
    const auto place = std::upper_bound(touches.begin(), touches.end(), time, later);
    const auto index = place - touches.begin();
    grow_tightly(touches);
    touches.insert(touches.begin() + index, touch{product, kind, time, 1, session, price});
    return;
  }
  ++at->count;
  if (time < at->time) return;
  at->time = time;
  at->session = session;
  if (price > 0) at->price = price;
  std::rotate(at, at + 1, std::upper_bound(at + 1, touches.end(), time, later));
}

void add_taste(std::vector<taste>& tastes, const std::string& name, double weight,
               std::int64_t time) {
  if (name.empty() || weight <= 0) return;
  auto at = std::ranges::find(tastes, name, &taste::name);
  if (at == tastes.end()) {
    if (tastes.size() >= bounds::tastes) {
      // Keys compare decayed weights at any common time.
      tastes.erase(std::ranges::min_element(
        tastes, {}, [](const taste& t) { return decay_key(t.weight, t.at, slow_half_life_ms); }));
    }
    grow_tightly(tastes);
    tastes.push_back({name, weight, time});
    return;
  }
  const auto newest = std::max(at->at, time);
  at->weight = at->weight * halved(newest - at->at, slow_half_life_ms) +
               weight * halved(newest - time, slow_half_life_ms);
  at->at = newest;
}

void add_search(user_state& state, const std::string& query) {
  const auto at = std::ranges::find(state.searches, query);
  if (at != state.searches.end())
    move_to_back(state.searches, at);
  else
    append_bounded(state.searches, query, bounds::searches);
}

void look_at_price(user_state& state, double price) {
  if (price <= 0) return;
  const auto old = state.viewed_weight * price_memory;
  state.viewed_weight = old + 1;
  state.viewed_price += (std::log(price) - state.viewed_price) / state.viewed_weight;
}

void take_at_price(user_state& state, double price) {
  if (price <= 0 || state.viewed_weight <= 0) return;
  const auto viewed = std::exp(state.viewed_price);
  state.price_gap_sum += (viewed - price) / std::max(viewed, price);
  state.price_gap_weight += 1;
}

} // namespace riq::engine
