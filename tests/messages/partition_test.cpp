#include "messages/partition.hpp"

#include <gtest/gtest.h>

#include "messages/hash.hpp"

namespace riq {
namespace {

// The vectors of Kafka's own UtilsTest.testMurmur2.
TEST(partition, murmur2_is_that_of_kafkas_java_client) {
  const auto murmur = [](std::string_view key) { return static_cast<std::int32_t>(murmur2(key)); };
  EXPECT_EQ(murmur("21"), -973932308);
  EXPECT_EQ(murmur("foobar"), -790332482);
  EXPECT_EQ(murmur("a-little-bit-long-string"), -985981536);
  EXPECT_EQ(murmur("a-little-bit-longer-string"), -1486304829);
  EXPECT_EQ(murmur("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8"), -58897971);
  EXPECT_EQ(murmur("abc"), 479470107);
}

TEST(partition, a_partition_is_kafkas_positive_remainder) {
  EXPECT_EQ(partition_of("foobar", 1), 0);
  // Utils.toPositive(-790332482) % 12
  EXPECT_EQ(partition_of("foobar", 12), static_cast<std::int32_t>((-790332482 & 0x7fffffff) % 12));
  for (int i = 0; i < 1'000; ++i) {
    const auto p = partition_of("user_" + std::to_string(i), 12);
    EXPECT_GE(p, 0);
    EXPECT_LT(p, 12);
  }
}

TEST(hash, is_the_same_in_every_version) {
  // Stored in snapshots: these values may never change.
  EXPECT_EQ(stable_hash(""), stable_hash("", 0));
  EXPECT_NE(stable_hash("a"), stable_hash("b"));
  EXPECT_NE(stable_hash("a", 1), stable_hash("a", 2));
  EXPECT_EQ(stable_hash("user_42"), 11337217629502356655U);
  EXPECT_EQ(stable_hash("user_42", 7), 17101956565968640977U);
}

} // namespace
} // namespace riq
