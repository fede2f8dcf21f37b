#include "messages/durations.hpp"

#include <gtest/gtest.h>

#include <numeric>

namespace riq {
namespace {

TEST(durations, each_is_counted_within_the_first_bound_that_holds_it) {
  durations d;
  for (const double ms : {0.0, 2.0, 2.1, 60'000.0, 60'001.0}) d.add(ms);
  EXPECT_EQ(d.count, 5u);
  EXPECT_EQ(d.last_ms, 60'001);
  EXPECT_DOUBLE_EQ(d.sum_ms, 120'005.1);
  EXPECT_EQ(d.within[0], 2u) << "a bound belongs to what is below it";
  EXPECT_EQ(d.within[1], 1u);
  EXPECT_EQ(d.within[durations::bounds_ms.size() - 1], 1u);
  EXPECT_EQ(d.within[durations::bounds_ms.size()], 1u);
  EXPECT_EQ(std::accumulate(d.within.begin(), d.within.end(), std::uint64_t{0}), d.count);
}

} // namespace
} // namespace riq
