#include "engine/covisitation.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace riq::engine {
namespace {

// Both searches run for every pair that is learned, over lists that are full as a rule. They look
// at each entry without leaving early, so that the compiler makes vector instructions of them.

/// Place of the item, `items.size()` when it is not there.
std::size_t place_of(item_ref wanted, const std::vector<item_ref>& items) {
  const auto n = static_cast<std::int32_t>(items.size());
  const auto* const at = items.data();
  auto found = n;
  for (std::int32_t i = 0; i < n; ++i) found = at[i].bits == wanted.bits ? i : found;
  return static_cast<std::size_t>(found);
}

/// Place of the least weight, by all but its last six bits; the first of equal ones. Weights are
/// not negative, so their bits have their order, and the place takes the bits that are let go.
std::size_t weakest_of(const std::vector<covisitation::weights>& worth) {
  static_assert(covisitation::capacity <= 64);
  const auto n = static_cast<std::int32_t>(worth.size());
  const auto* const at = worth.data();
  auto least = std::numeric_limits<std::int32_t>::max();
  for (std::int32_t i = 0; i < n; ++i)
    least = std::min(least, (std::bit_cast<std::int32_t>(at[i].both()) & ~63) | i);
  return static_cast<std::size_t>(least & 63);
}

} // namespace

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
  const auto at = place_of(other, items);
  return at == items.size() ? weights{} : worth[at];
}

void covisitation::add_to(list& to, item_ref other, weights more) {
  if (const auto known = place_of(other, to.items); known != to.items.size()) {
    to.worth[known].later += more.later;
    to.worth[known].earlier += more.earlier;
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
  const auto weakest = weakest_of(to.worth);
  to.items[weakest] = other;
  to.worth[weakest] = more;
}

void covisitation::foresee_entries(std::uint32_t index) const {
  if (index >= lists_.size()) return;
  const auto& l = lists_[index];
  prefetch(l.items.data(), l.items.size() * sizeof(item_ref));
  prefetch(l.worth.data(), l.worth.size() * sizeof(weights));
}

void covisitation::clear(std::uint32_t index) {
  if (index >= lists_.size()) return;
  entries_ -= lists_[index].items.capacity();
  lists_[index] = {};
}

} // namespace riq::engine
