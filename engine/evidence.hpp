#pragma once
// How evidence becomes signals, of `lanes` candidates side by side. A template over the receiver,
// because ranking wants weighted sums at once and the calibration wants the numbers.

#include <array>
#include <bit>
#include <cstdint>

#include "engine/context.hpp"
#include "engine/decay.hpp"
#include "engine/item_model.hpp"
#include "engine/lanes.hpp"
#include "engine/retrieval.hpp"
#include "engine/signals.hpp"

namespace riq::engine {

/// Weights to look keys up in, once for each candidate and mostly in vain: through all of them
/// without leaving early, for `lanes` keys as fast as for one.
class weight_table {
 public:
  weight_table() = default;
  explicit weight_table(const small_weights& from) {
    for (std::size_t i = 0; i < from.size(); ++i) add(from.key(i), from.value(i));
  }
  void add(std::uint32_t key, float weight) {
    entries_[size_++] = {words{} + key, words{} + std::bit_cast<std::uint32_t>(weight)};
  }
  /// Weights of the keys, 0 where there is none.
  floats of(words keys) const {
    words found{};
    for (std::size_t i = 0; i < size_; ++i)
      found |= words(keys == entries_[i].key) & entries_[i].weight;
    return std::bit_cast<floats>(found);
  }

 private:
  struct entry {
    words key; // the same in all lanes
    words weight;
  };
  std::array<entry, small_weights::capacity> entries_;
  std::size_t size_ = 0;
};

/// What holds for all candidates of one question.
struct question {
  const context& asking;
  const item_model& model;
  double slow_now;
  double fast_now;
  // Of the item met last; as long as there is none, what no item has.
  static constexpr std::uint32_t nobody = id_table::none - 1;
  std::uint32_t last_category = nobody;
  std::uint32_t last_pair = nobody;
  weight_table categories;
  weight_table usual_price; ///< mean of the log prices looked at, by category node
  weight_table parents;
  weight_table brands;
  weight_table pairs;

  question(const context& c, const item_model& m)
    : asking(c), model(m), slow_now(static_cast<double>(c.now) / slow_half_life_ms),
      fast_now(static_cast<double>(c.now) / fast_half_life_ms), categories(c.categories),
      parents(c.parents), brands(c.brands), pairs(c.pairs) {
    for (std::size_t i = 0; i < c.priced.size(); ++i)
      usual_price.add(c.priced.key(i), c.prices.of(c.priced.key(i)) / c.priced.value(i));
    if (c.met.empty()) return;
    const auto& last = m.stats(c.met.front().item);
    if (last.category != category_tree::root) last_category = last.category;
    if (last.pair != group_lists::none) last_pair = last.pair;
  }
};

/// What signals are made of, of `lanes` candidates.
struct evidence {
  floats neighbours;
  floats follows;
  floats covisits;
  floats log_price; ///< 0: unknown
  floats tags;      ///< mean weight of the item's tags
  floats in_cart;   ///< 0 or 1
  floats popular;   ///< binary logarithm of the slow count, far below 0: never met
  floats behind; ///< that much less popular than the best of its category, far above 0: never met
  floats conversion;
  floats trending; ///< binary logarithm of the fast count, far below 0: never met
  floats idle;     ///< minutes since anybody met it, far above 0: never met
  floats age;      ///< minutes since it was first seen
  floats
    met_in_session;  ///< 1 for the item met last in this session, less for those before, 0: not met
  floats met_before; ///< the same of earlier sessions
  words category;
  words parent;
  words brand;
  words pair;
};

namespace detail {

inline constexpr float far = 1e9F; // beyond every scale below

inline float minutes(std::int64_t ms) {
  return static_cast<float>(ms > 0 ? ms : 0) * (1 / 60'000.0F);
}

inline float mean_tag(const candidate& c, const question& q) {
  const auto tags = q.model.tags(c.item);
  float sum = 0;
  for (const auto tag : tags) sum += q.asking.tags.of(tag);
  return sum / static_cast<float>(tags.size());
}

/// A share in [0,1] on a scale where one percent counts for something: log(1 + 50x) / log(51).
inline floats log_share(floats x) {
  return unit(quick_log2(1 + 50 * x) * 0.17629F);
}

/// A count's binary logarithm from 1/4 to 2^16 as [0,1].
inline floats log_scale(floats log2_count) {
  return unit((log2_count + 2) * (1 / 18.0F));
}

/// 1 for this minute, 0 after two years, by powers of two between.
inline floats lateness(floats minutes) {
  return unit(1 - quick_log2(1 + minutes) * 0.05F);
}

/// How well the price fits what was looked at in the category: 1 at the same price, one half at a
/// factor of about 1.4.
inline floats price_fit(floats log_price, floats mean) {
  const floats gap = (log_price - mean) * (1 / 0.35F);
  return 1 / (1 + gap * gap);
}

} // namespace detail

/// Writes the candidate's evidence into the lane `i`.
inline void gather(const candidate& c, const question& q, evidence& e, std::size_t i) {
  const auto& s = q.model.stats(c.item);
  const auto& node = q.model.categories()[s.category];
  const auto known = s.slow_key != never_met;
  const auto busy = s.fast_key != never_met;
  const auto met = c.met == 0 ? 0.0F : 1 / (1 + 0.2F * static_cast<float>(c.met - 1));
  e.neighbours[i] = c.neighbours;
  e.follows[i] = c.follows;
  e.covisits[i] = c.covisits;
  e.log_price[i] = s.log_price;
  e.tags[i] = s.tagged && q.asking.tags.size() != 0 ? detail::mean_tag(c, q) : 0;
  e.in_cart[i] = c.in_cart ? 1 : 0;
  e.popular[i] = known ? static_cast<float>(s.slow_key - q.slow_now) : -detail::far;
  e.behind[i] = known ? static_cast<float>(node.best - s.slow_key) : detail::far;
  e.conversion[i] = known ? s.conversion : 0;
  e.trending[i] = busy ? static_cast<float>(s.fast_key - q.fast_now) : -detail::far;
  e.idle[i] = busy ? detail::minutes(q.asking.now - s.last) : detail::far;
  e.age[i] = detail::minutes(q.asking.now - s.first);
  e.met_in_session[i] = c.in_session ? met : 0;
  e.met_before[i] = c.in_session ? 0 : met;
  e.category[i] = s.category;
  e.parent[i] = node.parent;
  e.brand[i] = s.brand;
  e.pair[i] = s.pair;
}

/// Calls `give(signal, value)` for each signal. Inlined by force: a sum that has to go through
/// memory at each step takes twice as long.
template <class Give>
[[gnu::always_inline]] inline void each_signal(const evidence& e, const question& q, Give&& give) {
  using namespace detail;
  const floats zero{};
  const floats one = zero + 1;
  give(signal::neighbours, log_share(e.neighbours));
  give(signal::neighbours_share, unit(e.neighbours));
  give(signal::follows_last, log_share(e.follows));
  give(signal::covisits, log_share(e.covisits));
  const floats same = unit(q.categories.of(e.category));
  const floats usual = q.usual_price.of(e.category);
  const auto comparable = (same > 0) & (e.log_price > 0) & (usual > 0);
  give(signal::same_category, same);
  give(signal::same_parent, unit(q.parents.of(e.parent)));
  give(signal::last_category, e.category == q.last_category ? one : zero);
  give(signal::price_fit, comparable ? price_fit(e.log_price, usual) : zero);
  give(signal::same_brand, unit(q.brands.of(e.brand)));
  give(signal::same_pair, unit(q.pairs.of(e.pair)));
  give(signal::last_pair, e.pair == q.last_pair ? one : zero);
  give(signal::tags, unit(e.tags));
  give(signal::in_cart, e.in_cart);
  give(signal::popular, log_scale(e.popular));
  give(signal::category_rank, unit(1 - e.behind * 0.125F));
  give(signal::conversion, e.conversion);
  give(signal::trending, log_scale(e.trending));
  give(signal::lately, lateness(e.idle));
  give(signal::fresh, lateness(e.age));
  give(signal::met_in_session, e.met_in_session);
  give(signal::met_before, e.met_before);
}

} // namespace riq::engine
