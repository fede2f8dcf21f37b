#include "actors/country_lookup.hpp"

#include <filesystem>
#include <fstream>

#include <unistd.h>

#include <gtest/gtest.h>

namespace riq {
namespace {

TEST(country_lookup, knows_nothing_without_a_file) {
  const country_lookup none;
  EXPECT_EQ(none.of("8.8.8.8"), "");
}

TEST(country_lookup, says_that_the_file_is_missing) {
  country_lookup c;
  const auto failed = c.open("/nowhere/country.mmdb");
  EXPECT_EQ(failed.code, ec::not_found);
  EXPECT_EQ(failed.field, "processor.country_database");
  EXPECT_EQ(c.of("8.8.8.8"), "");
}

TEST(country_lookup, a_path_that_cannot_be_looked_up_is_an_error_and_no_exception) {
  country_lookup c;
  EXPECT_EQ(c.open(std::string(10'000, 'x')).code, ec::not_found);
}

TEST(country_lookup, refuses_what_is_no_database) {
  const auto path = std::filesystem::temp_directory_path() /
                    ("riq-country-" + std::to_string(::getpid()) + ".mmdb");
  std::ofstream(path) << "this is no database, however long it may be; " << std::string(4'096, '.');
  country_lookup c;
  EXPECT_EQ(c.open(path.string()).code, ec::corrupt);
  EXPECT_EQ(c.of("8.8.8.8"), "");
  std::filesystem::remove(path);
}

TEST(country_lookup, finds_countries_in_the_real_database) {
  const std::string path = RIQ_DATA_CACHE "/country.mmdb";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "script/bootstrap has not brought it";
  country_lookup c;
  const auto failed = c.open(path);
  ASSERT_FALSE(failed) << failed.detail;
  EXPECT_EQ(c.of("8.8.8.8"), "US");
  EXPECT_EQ(c.of("2001:4860:4860::8888"), "US");
  EXPECT_EQ(c.of("::ffff:8.8.8.8"), "US");
  EXPECT_EQ(c.of("no address"), "");
  EXPECT_EQ(c.of(""), "");
  EXPECT_EQ(c.of("999.1.2.3"), "");
}

// The database puts 172.16.0.0/12 and 192.168.0.0/16 into Australia.
TEST(country_lookup, a_private_address_is_in_no_country) {
  const std::string path = RIQ_DATA_CACHE "/country.mmdb";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "script/bootstrap has not brought it";
  country_lookup c;
  ASSERT_FALSE(c.open(path));
  for (const auto* address :
       {"127.0.0.1", "10.1.2.3", "172.16.0.1", "172.18.0.1", "172.31.255.255", "192.168.1.5",
        "169.254.1.1", "100.64.0.1", "0.0.0.0", "255.255.255.255", "::1", "::", "fe80::1",
        "fd00::1", "::ffff:172.18.0.1"})
    EXPECT_EQ(c.of(address), "") << address;
  EXPECT_NE(c.of("172.15.0.1"), "") << "the range ends here";
  EXPECT_NE(c.of("172.32.0.1"), "");
}

} // namespace
} // namespace riq
