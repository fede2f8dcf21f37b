#include "engine/bandit/linear_model.hpp"

#include <cmath>

#include "engine/bandit/arm_table.hpp"
#include "engine/decay.hpp"

namespace riq::engine {
namespace {

// What every serving leaves of those before it: a window of 20,000, so that a world that changed is
// learned anew without the estimate ever resting on few.
constexpr double kept_by_a_serving = 1 - 1.0 / 20'000;

} // namespace

linear_model::linear_model(std::size_t dimension)
  : gram_(dimension * dimension), inverse_(dimension * dimension), gradient_(dimension),
    weights_(dimension) {
  for (std::size_t i = 0; i < dimension; ++i) inverse_[i * dimension + i] = 1;
}

double linear_model::fade_to(std::int64_t time) {
  if (time < at_) return halved(at_ - time, offer_half_life_ms);
  if (at_ != 0 && time != at_) {
    const auto factor = halved(time - at_, offer_half_life_ms);
    for (auto& v : gram_) v *= factor;
    for (auto& v : gradient_) v *= factor;
    served_ *= factor;
  }
  at_ = time;
  return 1;
}

void linear_model::serve(std::span<const double> x, std::int64_t time) {
  const auto d = dimension();
  const auto weight = fade_to(time);
  for (auto& v : gram_) v *= kept_by_a_serving;
  for (auto& v : gradient_) v *= kept_by_a_serving;
  served_ = served_ * kept_by_a_serving + weight;
  for (std::size_t i = 0; i < d; ++i)
    for (std::size_t j = 0; j < d; ++j) gram_[i * d + j] += weight * x[i] * x[j];
  invert();
  solve();
}

void linear_model::reward(std::span<const double> x, double value, std::int64_t time) {
  const auto weight = fade_to(time);
  for (std::size_t i = 0; i < dimension(); ++i) gradient_[i] += weight * value * x[i];
  solve();
}

/// By Cholesky's factor of A + I, which is positive definite whatever the features are.
void linear_model::invert() {
  const auto d = dimension();
  thread_local std::vector<double> factor;
  factor.assign(d * d, 0);
  for (std::size_t j = 0; j < d; ++j)
    for (std::size_t i = j; i < d; ++i) {
      auto sum = gram_[i * d + j] + (i == j ? 1 : 0);
      for (std::size_t k = 0; k < j; ++k) sum -= factor[i * d + k] * factor[j * d + k];
      factor[i * d + j] = i == j ? std::sqrt(std::max(sum, 1e-12)) : sum / factor[j * d + j];
    }
  thread_local std::vector<double> column;
  column.resize(d);
  for (std::size_t c = 0; c < d; ++c) {
    for (std::size_t i = 0; i < d; ++i) {
      auto sum = i == c ? 1.0 : 0.0;
      for (std::size_t k = 0; k < i; ++k) sum -= factor[i * d + k] * column[k];
      column[i] = sum / factor[i * d + i];
    }
    for (std::size_t i = d; i-- > 0;) {
      auto sum = column[i];
      for (std::size_t k = i + 1; k < d; ++k) sum -= factor[k * d + i] * inverse_[k * d + c];
      inverse_[i * d + c] = sum / factor[i * d + i];
    }
  }
}

void linear_model::solve() {
  const auto d = dimension();
  for (std::size_t i = 0; i < d; ++i) {
    weights_[i] = 0;
    for (std::size_t j = 0; j < d; ++j) weights_[i] += inverse_[i * d + j] * gradient_[j];
  }
}

double linear_model::mean(std::span<const double> x) const {
  double sum = 0;
  for (std::size_t i = 0; i < dimension(); ++i) sum += weights_[i] * x[i];
  return sum;
}

double linear_model::variance(std::span<const double> x) const {
  const auto d = dimension();
  double sum = 0;
  for (std::size_t i = 0; i < d; ++i) {
    double row = 0;
    for (std::size_t j = 0; j < d; ++j) row += inverse_[i * d + j] * x[j];
    sum += row * x[i];
  }
  return std::max(sum, 0.0);
}

} // namespace riq::engine
