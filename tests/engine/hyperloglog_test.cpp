#include "engine/analytics/hyperloglog.hpp"

#include <cmath>
#include <string>

#include <gtest/gtest.h>

#include "messages/hash.hpp"

namespace riq::engine::analytics {
namespace {

unique_count of_users(int from, int to, std::uint64_t seed = 0) {
  unique_count c;
  for (int i = from; i < to; ++i) add(c, stable_hash("user-" + std::to_string(i), seed));
  return c;
}

TEST(hyperloglog, keeps_within_its_standard_error_at_all_sizes) {
  // The mean square of the relative errors of many sketches is the square of the standard error.
  for (const int n : {100, 1'000, 5'000, 10'000, 20'000, 100'000}) {
    double squares = 0;
    constexpr int sketches = 40;
    for (int seed = 1; seed <= sketches; ++seed) {
      const auto relative = estimate(of_users(0, n, static_cast<std::uint64_t>(seed))) / n - 1;
      EXPECT_LT(std::abs(relative), 4.5 * hll_error) << n;
      squares += relative * relative;
    }
    EXPECT_LT(std::sqrt(squares / sketches), 1.35 * hll_error) << n;
  }
}

TEST(hyperloglog, small_numbers_are_nearly_exact) {
  EXPECT_EQ(estimate({}), 0);
  for (const int n : {1, 2, 5, 20}) EXPECT_NEAR(estimate(of_users(0, n)), n, 0.15) << n;
}

TEST(hyperloglog, the_same_again_changes_nothing) {
  auto c = of_users(0, 3'000);
  const auto before = c.registers;
  for (int i = 0; i < 3'000; ++i) EXPECT_FALSE(add(c, stable_hash("user-" + std::to_string(i))));
  EXPECT_EQ(c.registers, before);
}

TEST(hyperloglog, is_sparse_while_small_and_bounded_when_large) {
  EXPECT_LE(of_users(0, 10).registers.size(), 30U);
  EXPECT_EQ(of_users(0, 100'000).registers.size(), hll_registers);
}

TEST(hyperloglog, merging_is_the_union_in_any_order_and_form) {
  for (const int n : {50, 300, 5'000}) {
    const auto a = of_users(0, n);
    const auto b = of_users(n / 2, 2 * n);
    const auto all = of_users(0, 2 * n);
    auto ab = a;
    merge(ab, b);
    auto ba = b;
    merge(ba, a);
    merge(ba, ba);
    EXPECT_EQ(estimate(ab), estimate(all)) << n;
    EXPECT_EQ(estimate(ba), estimate(all)) << n;
  }
}

} // namespace
} // namespace riq::engine::analytics
