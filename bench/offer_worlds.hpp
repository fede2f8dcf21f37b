#pragma once
// Worlds of known truth for offers. A: four segments, ten offers, reward rates of 2–12 %, another
// best offer in each segment. B: a logistic reward over five dense features. C: A, whose offers are
// permuted half-way. Users: 500, each seen many times, their segment another at each decision.

#include <array>
#include <cstdint>
#include <random>
#include <vector>

namespace riq::bench {

class offer_world {
 public:
  static constexpr int arms = 10;
  static constexpr int features = 5;
  static constexpr int segments = 4;
  static constexpr int users = 500;

  offer_world(char kind, std::uint64_t seed, int decisions);

  struct moment {
    int segment = 0;
    std::array<double, features> x{};
    std::array<double, arms> rates{};
  };
  /// The next decision's circumstances.
  moment next();
  /// Whether this rate strikes.
  bool strikes(double rate) { return unit_(random_) < rate; }

  /// Collects what was gained: share of the gap from random to oracle.
  class score {
   public:
    void add(const moment& m, int chosen);
    double captured() const { return (gained_ - random_) / (oracle_ - random_); }

   private:
    double gained_ = 0;
    double random_ = 0;
    double oracle_ = 0;
  };

 private:
  using table = std::array<std::array<double, arms>, segments>;
  char kind_;
  int decisions_;
  int at_ = 0;
  std::mt19937_64 random_;
  std::uniform_real_distribution<> unit_;
  std::normal_distribution<> normal_;
  table before_{};
  table after_{};
  std::array<std::array<double, features>, arms> weights_{};
  std::array<double, arms> bias_{};
};

} // namespace riq::bench
