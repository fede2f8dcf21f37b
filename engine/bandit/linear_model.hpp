#pragma once
// Ridge regression of an arm's reward on the features of a decision, kept as its sufficient
// statistics, so that it can be read at any moment.

#include <cstdint>
#include <span>
#include <vector>

namespace riq::engine {

/// The features a linear policy sees: 1, then the campaign's numeric fields.
using feature_vector = std::vector<double>;

class linear_model {
 public:
  explicit linear_model(std::size_t dimension);

  /// A decision with these features was served.
  void serve(std::span<const double> x, std::int64_t time);
  /// … and brought a reward. (A decision that brings none needs no call.)
  void reward(std::span<const double> x, double value, std::int64_t time);

  std::size_t dimension() const { return gradient_.size(); }
  /// xᵀθ, the expected reward.
  double mean(std::span<const double> x) const;
  /// xᵀ(A + I)⁻¹x, the variance of the mean in units of the reward's own.
  double variance(std::span<const double> x) const;
  double served() const { return served_; }

 private:
  double fade_to(std::int64_t time);
  void invert();
  void solve();

  std::vector<double> gram_;     // A = Σ x·xᵀ, row by row
  std::vector<double> inverse_;  // (A + I)⁻¹
  std::vector<double> gradient_; // Σ reward·x
  std::vector<double> weights_;  // θ
  double served_ = 0;
  std::int64_t at_ = 0;
};

} // namespace riq::engine
