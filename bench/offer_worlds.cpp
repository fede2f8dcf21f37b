#include "bench/offer_worlds.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace riq::bench {

offer_world::offer_world(char kind, std::uint64_t seed, int decisions)
  : kind_(kind), decisions_(decisions), random_(seed) {
  for (auto& rates : before_) {
    for (auto& r : rates) r = 0.02 + 0.03 * unit_(random_);
    std::array<int, arms> order{};
    std::iota(order.begin(), order.end(), 0);
    std::shuffle(order.begin(), order.end(), random_);
    rates[static_cast<std::size_t>(order[0])] = 0.12;
    rates[static_cast<std::size_t>(order[1])] = 0.08;
  }
  after_ = before_;
  if (kind == 'C')
    for (auto& rates : after_) std::shuffle(rates.begin(), rates.end(), random_);
  for (auto& w : weights_)
    for (auto& v : w) v = 0.8 * normal_(random_);
  for (auto& b : bias_) b = 0.3 * normal_(random_) - 1.5;
}

offer_world::moment offer_world::next() {
  moment m;
  for (auto& v : m.x) v = normal_(random_);
  m.segment = static_cast<int>(random_() % segments);
  if (kind_ == 'B') {
    m.segment = 0;
    for (std::size_t k = 0; k < arms; ++k) {
      auto z = bias_[k];
      for (std::size_t i = 0; i < features; ++i) z += weights_[k][i] * m.x[i];
      m.rates[k] = 1 / (1 + std::exp(-z));
    }
  } else {
    m.rates = (at_ < decisions_ / 2 ? before_ : after_)[static_cast<std::size_t>(m.segment)];
  }
  ++at_;
  return m;
}

void offer_world::score::add(const moment& m, int chosen) {
  gained_ += m.rates[static_cast<std::size_t>(chosen)];
  random_ += std::accumulate(m.rates.begin(), m.rates.end(), 0.0) / arms;
  oracle_ += *std::ranges::max_element(m.rates);
}

} // namespace riq::bench
