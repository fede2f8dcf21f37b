#include "engine/covisitation.hpp"

#include <algorithm>
#include <cmath>

namespace riq::engine {

covisitation::list& covisitation::grown(std::uint32_t index) {
  while (lists_.size() <= index) lists_.grow();
  return lists_[index];
}

covisitation::moment covisitation::at(std::int64_t time) {
  const auto half_lives = static_cast<double>(time) / half_life_ms;
  const auto block = std::floor(half_lives / block_half_lives);
  return {static_cast<std::int32_t>(block),
          static_cast<float>(std::exp2(half_lives - block * block_half_lives))};
}

float covisitation::list::one(std::int64_t now) const {
  const auto then = covisitation::at(now);
  return std::ldexp(then.weight,
                    std::clamp(then.block - block, -3, 2) * covisitation::block_half_lives);
}

/// The weight in the units of the list, which moves on to the block if it is newer.
float covisitation::aligned(list& to, float weight, std::int32_t block) {
  if (to.items.empty() && to.total == 0) to.block = block;
  const auto ahead = block - to.block;
  if (ahead < 0) return ahead < -3 ? 0 : std::ldexp(weight, ahead * block_half_lives);
  if (ahead > 0) {
    const auto factor = ahead > 3 ? 0 : std::ldexp(1.0F, -ahead * block_half_lives);
    to.total *= factor;
    for (auto& w : to.worth) {
      w.later *= factor;
      w.earlier *= factor;
    }
    to.block = block;
  }
  return weight;
}

void covisitation::add(item_ref first, item_ref second, float weight, const moment& when) {
  auto& forward = grown(first.index());
  auto more = aligned(forward, weight * when.weight, when.block);
  forward.total += more;
  add_to(forward, second, {more, 0});
  auto& backward = grown(second.index());
  more = aligned(backward, weight * when.weight, when.block);
  add_to(backward, first, {0, more});
}

covisitation::weights covisitation::list::of(item_ref other) const {
  const auto at = std::find(items.begin(), items.end(), other);
  return at == items.end() ? weights{} : worth[static_cast<std::size_t>(at - items.begin())];
}

void covisitation::add_to(list& to, item_ref other, weights more) {
  const auto known = std::find(to.items.begin(), to.items.end(), other);
  if (known != to.items.end()) {
    auto& w = to.worth[static_cast<std::size_t>(known - to.items.begin())];
    w.later += more.later;
    w.earlier += more.earlier;
    return;
  }
  if (to.items.size() < capacity) {
    if (to.items.size() == to.items.capacity()) {
      const auto before = to.items.capacity();
      to.items.reserve(std::clamp<std::size_t>(before * 2, 2, capacity));
      to.worth.reserve(to.items.capacity());
      entries_ += to.items.capacity() - before;
    }
    to.items.push_back(other);
    to.worth.push_back(more);
    return;
  }
  const auto weakest = static_cast<std::size_t>(
    std::min_element(to.worth.begin(), to.worth.end(),
                     [](const weights& a, const weights& b) { return a.both() < b.both(); }) -
    to.worth.begin());
  to.items[weakest] = other;
  to.worth[weakest] = more;
}

void covisitation::clear(std::uint32_t index) {
  if (index >= lists_.size()) return;
  entries_ -= lists_[index].items.capacity();
  lists_[index] = {};
}

} // namespace riq::engine
