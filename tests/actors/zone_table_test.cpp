#include "actors/zone_table.hpp"

#include <gtest/gtest.h>

namespace riq {
namespace {

constexpr std::int64_t winter = 1'705'320'000'000; // 2024-01-15
constexpr std::int64_t summer = 1'721'044'800'000; // 2024-07-15

TEST(zone_table, knows_zones_countries_and_offsets) {
  zone_table z;
  ASSERT_FALSE(z.load("/usr/share/zoneinfo", "UTC"));
  if (!z.knows("Europe/Berlin")) GTEST_SKIP() << "no tzdata here";
  EXPECT_EQ(z.offset_sec("Europe/Berlin", "", winter), 3'600);
  EXPECT_EQ(z.offset_sec("Europe/Berlin", "", summer), 7'200);
  EXPECT_EQ(z.offset_sec("", "DE", summer), 7'200);
  EXPECT_EQ(z.offset_sec("", "BR", winter), -3 * 3'600);
  EXPECT_EQ(z.offset_sec("", "US", winter), -5 * 3'600);
  EXPECT_EQ(z.offset_sec("Asia/Kolkata", "US", winter), 19'800);
  EXPECT_EQ(z.offset_sec("+05:30", "US", winter), 19'800);
  EXPECT_EQ(z.offset_sec("-0330", "", winter), -12'600);
}

TEST(zone_table, falls_back_to_the_country_and_then_to_the_default) {
  zone_table z;
  const auto failed = z.load("/usr/share/zoneinfo", "Asia/Tokyo");
  if (!z.knows("Asia/Tokyo")) GTEST_SKIP() << "no tzdata here";
  ASSERT_FALSE(failed);
  for (const auto* no_zone : {"", "Mars/Olympus", "../../etc/passwd", "+99:00", "+", "zone.tab"}) {
    EXPECT_EQ(z.offset_sec(no_zone, "DE", winter), 3'600) << no_zone;
    EXPECT_EQ(z.offset_sec(no_zone, "??", winter), 9 * 3'600) << no_zone;
  }
}

TEST(zone_table, a_default_that_is_no_zone_is_refused) {
  zone_table z;
  const auto failed = z.load("/usr/share/zoneinfo", "Mars/Olympus");
  EXPECT_EQ(failed.code, ec::invalid);
  EXPECT_EQ(failed.field, "triggers.time_zone");
}

TEST(zone_table, without_a_database_everybody_lives_in_utc) {
  const zone_table z;
  EXPECT_EQ(z.offset_sec("Europe/Berlin", "DE", summer), 0);
}

} // namespace
} // namespace riq
