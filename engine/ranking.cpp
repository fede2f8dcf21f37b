#include "engine/ranking.hpp"

#include <algorithm>
#include <cstring>

namespace riq::engine {

namespace {

const ranking_settings& default_weights() {
  static const ranking_settings defaults;
  return defaults;
}

/// Log-odds that an item loses at most for being like everything before it in the list.
constexpr float redundancy_cost = 0.5F;

/// Scores closer than this are equal, and the item id decides: sums that only differ in rounding
/// must not order a list.
constexpr float grain = 1.0F / (1 << 13);

/// The shop's weights of the terms.
struct term_weights {
  explicit term_weights(const ranking_settings& w)
    : user_pref(static_cast<float>(w.user_pref)), item_quality(static_cast<float>(w.item_quality)),
      recency(static_cast<float>(w.recency)) {}
  floats sum(const std::array<floats, term_count>& terms) const {
    const floats sum = user_pref * terms[0] + item_quality * terms[1] + recency * terms[2];
    return to_float(to_int(sum * (1 / grain) + 0.5F)) * grain;
  }
  float user_pref;
  float item_quality;
  float recency;
};

} // namespace

term_scale::term_scale(const calibration& learned) : weights_(learned.weights()) {
  std::array<float, term_count> highest{};
  for (std::size_t s = 0; s < signal_count; ++s) {
    const auto t = static_cast<std::size_t>(term_of(s));
    (weights_[s] < 0 ? lowest_ : highest)[t] += weights_[s];
  }
  const auto& w = default_weights();
  const std::array<float, term_count> defaults{static_cast<float>(w.user_pref),
                                               static_cast<float>(w.item_quality),
                                               static_cast<float>(w.recency)};
  spread_ = 1e-3F;
  for (std::size_t t = 0; t < term_count; ++t)
    spread_ = std::max(spread_, (highest[t] - lowest_[t]) / defaults[t]);
  for (std::size_t t = 0; t < term_count; ++t) unit_[t] = 1 / (spread_ * defaults[t]);
}

[[gnu::always_inline]] inline std::array<floats, term_count>
term_scale::terms_of(const evidence& e, const question& q) const {
  std::array<floats, term_count> z{};
  each_signal(
    e, q, [&](signal which, floats value) __attribute__((always_inline)) {
      z[static_cast<std::size_t>(term_of(at(which)))] += weights_[at(which)] * value;
    });
  for (std::size_t t = 0; t < term_count; ++t) z[t] = unit((z[t] - lowest_[t]) * unit_[t]);
  return z;
}

scored term_scale::score(const candidate& c, const question& q,
                         const ranking_settings& weights) const {
  evidence e{};
  gather(c, q, e, 0);
  const auto z = terms_of(e, q);
  scored out;
  out.from = c;
  for (std::size_t t = 0; t < term_count; ++t) out.terms[t] = z[t][0];
  out.score = term_weights(weights).sum(z)[0];
  return out;
}

void term_scale::score_all(const std::vector<candidate>& candidates, const question& q,
                           const ranking_settings& weights, std::vector<float>& scores) const {
  const term_weights by(weights);
  const auto n = candidates.size();
  scores.resize(n);
  // Some blocks are gathered before the first is judged: what was just written lane by lane cannot
  // be read as a whole at once.
  constexpr std::size_t round = 16;
  std::array<evidence, round> blocks{};
  for (std::size_t first = 0; first < n; first += round * lanes) {
    const auto count = std::min(round * lanes, n - first);
    for (std::size_t i = 0; i < count; ++i) {
      constexpr std::size_t ahead = 8;
      if (first + i + ahead < n) q.model.foresee_stats(candidates[first + i + ahead].item);
      gather(candidates[first + i], q, blocks[i / lanes], i % lanes);
    }
    for (std::size_t i = 0; i < count; i += lanes) {
      const auto sums = by.sum(terms_of(blocks[i / lanes], q));
      std::memcpy(&scores[first + i], &sums, std::min(lanes, count - i) * sizeof(float));
    }
  }
}

float term_scale::redundancy_unit() const {
  return std::min(1.0F,
                  redundancy_cost / (spread_ * static_cast<float>(default_weights().diversity)));
}

} // namespace riq::engine
