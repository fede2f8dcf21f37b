#pragma once
// How a candidate's evidence becomes signals. A template over the receiver, because ranking wants
// weighted sums at once and the calibration wants the numbers.

#include <bit>
#include <cstdint>

#include "engine/context.hpp"
#include "engine/decay.hpp"
#include "engine/item_model.hpp"
#include "engine/retrieval.hpp"
#include "engine/signals.hpp"

namespace riq::engine {

/// Binary logarithm of a positive number, straight between powers of two: monotone, 0.09 off at
/// most, the same on every machine, and two instructions.
inline float quick_log2(float x) {
  return static_cast<float>(std::bit_cast<std::int32_t>(x) - 0x3f800000) * 0x1.0p-23F;
}

/// What holds for all candidates of one question.
struct question {
  const context& asking;
  const item_model& model;
  double slow_now;
  double fast_now;
  std::uint32_t last_category = category_tree::root;
  std::uint32_t last_pair = group_lists::none;

  question(const context& c, const item_model& m)
    : asking(c), model(m), slow_now(static_cast<double>(c.now) / slow_half_life_ms),
      fast_now(static_cast<double>(c.now) / fast_half_life_ms) {
    if (c.met.empty()) return;
    last_category = m.stats(c.met.front().item).category;
    last_pair = m.stats(c.met.front().item).pair;
  }
};

namespace detail {

// Not std::clamp: this is two instructions, that two branches.
inline float unit(float x) {
  const auto positive = x > 0 ? x : 0.0F;
  return positive < 1 ? positive : 1.0F;
}

/// A share in [0,1] on a scale where one percent counts for something: log(1 + 50x) / log(51).
inline float log_share(float x) {
  return unit(quick_log2(1 + 50 * x) * 0.17629F);
}

/// A count's binary logarithm from 1/4 to 2^16 as [0,1].
inline float log_scale(double log2_count) {
  return unit((static_cast<float>(log2_count) + 2) * (1 / 18.0F));
}

/// 1 for this minute, 0 after two years, by powers of two between.
inline float lateness(std::int64_t age_ms) {
  const auto minutes = static_cast<float>(age_ms > 0 ? age_ms : 0) * (1 / 60'000.0F);
  return unit(1 - quick_log2(1 + minutes) * 0.05F);
}

/// How well the price fits what was looked at in the category: 1 at the same price, one half at a
/// factor of about 1.4.
inline float price_fit(float log_price, float mean) {
  const auto gap = (log_price - mean) * (1 / 0.35F);
  return 1 / (1 + gap * gap);
}

} // namespace detail

/// Calls `give(signal, value)` for each signal that is not 0, and for some that are: adding a
/// number costs less than asking about it. Inlined by force: a sum that has to go through memory at
/// each step takes twice as long.
template <class Give>
[[gnu::always_inline]] inline void each_signal(const candidate& c, const question& q, Give&& give) {
  using namespace detail;
  const auto& asking = q.asking;
  const auto& s = q.model.stats(c.item);
  const auto& node = q.model.categories()[s.category];
  give(signal::neighbours, log_share(c.neighbours));
  give(signal::neighbours_share, unit(c.neighbours));
  give(signal::follows_last, log_share(c.follows));
  give(signal::covisits, log_share(c.covisits));
  if (s.category != category_tree::root) {
    const auto same = unit(asking.categories.of(s.category));
    give(signal::same_category, same);
    give(signal::same_parent, unit(asking.parents.of(node.parent)));
    give(signal::last_category, s.category == q.last_category ? 1.0F : 0.0F);
    if (same > 0 && s.log_price > 0)
      if (const auto priced = asking.priced.of(s.category); priced > 0)
        give(signal::price_fit, price_fit(s.log_price, asking.prices.of(s.category) / priced));
  }
  if (s.brand != group_lists::none) give(signal::same_brand, unit(asking.brands.of(s.brand)));
  if (s.pair != group_lists::none) {
    give(signal::same_pair, unit(asking.pairs.of(s.pair)));
    give(signal::last_pair, s.pair == q.last_pair ? 1.0F : 0.0F);
  }
  if (s.tagged && asking.tags.size() != 0) {
    const auto tags = q.model.tags(c.item);
    float sum = 0;
    for (const auto tag : tags) sum += asking.tags.of(tag);
    give(signal::tags, unit(sum / static_cast<float>(tags.size())));
  }
  if (c.in_cart) give(signal::in_cart, 1.0F);
  if (s.slow_key != never_met) {
    give(signal::popular, log_scale(s.slow_key - q.slow_now));
    give(signal::category_rank, unit(1 - static_cast<float>(node.best - s.slow_key) * 0.125F));
    give(signal::conversion, s.conversion);
  }
  if (s.fast_key != never_met) {
    give(signal::trending, log_scale(s.fast_key - q.fast_now));
    give(signal::lately, lateness(asking.now - s.last));
  }
  give(signal::fresh, lateness(asking.now - s.first));
  if (c.met != 0)
    give(c.in_session ? signal::met_in_session : signal::met_before,
         1 / (1 + 0.2F * static_cast<float>(c.met - 1)));
}

} // namespace riq::engine
