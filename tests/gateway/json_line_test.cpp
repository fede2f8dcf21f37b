#include "gateway/json_line.hpp"

#include <string>

#include <gtest/gtest.h>

namespace riq::gateway {
namespace {

constexpr std::string_view campaign = R"({
  "policy": {"kind": "thompson"},
  "arms": [
    {"id": "a",
     "type": "free_shipping"},
    {
      "id": "b",
      "a/b~c": 1,
      "type": 7
    }
  ],
  "numeric": ["f0", "f1",
              "f1"]
})";

TEST(json_line, a_pointers_value_is_found) {
  EXPECT_EQ(line_of(campaign, ""), 1U);
  EXPECT_EQ(line_of(campaign, "/policy"), 2U);
  EXPECT_EQ(line_of(campaign, "/policy/kind"), 2U);
  EXPECT_EQ(line_of(campaign, "/arms"), 3U);
  EXPECT_EQ(line_of(campaign, "/arms/0"), 4U);
  EXPECT_EQ(line_of(campaign, "/arms/0/type"), 5U);
  EXPECT_EQ(line_of(campaign, "/arms/1"), 6U);
  EXPECT_EQ(line_of(campaign, "/arms/1/id"), 7U);
  EXPECT_EQ(line_of(campaign, "/arms/1/type"), 9U);
  EXPECT_EQ(line_of(campaign, "/numeric/2"), 13U);
}

TEST(json_line, a_name_may_have_slashes_and_tildes) {
  EXPECT_EQ(line_of(campaign, "/arms/1/a~1b~0c"), 8U);
}

TEST(json_line, what_is_absent_is_missing_in_its_place) {
  EXPECT_EQ(line_of(campaign, "/holdout"), 1U);
  EXPECT_EQ(line_of(campaign, "/arms/1/cost"), 6U);
  EXPECT_EQ(line_of(campaign, "/arms/9/cost"), 3U);
  EXPECT_EQ(line_of(campaign, "/policy/kind/deeper"), 2U);
}

TEST(json_line, broken_text_breaks_somewhere) {
  EXPECT_EQ(line_of("", ""), 1U);
  EXPECT_EQ(line_of("{\n\n", "/x"), 3U);
  EXPECT_EQ(line_of("{\n  \"a\": 1,\n  oops\n}", ""), 3U);
  EXPECT_EQ(line_of("[1,\n2,\n3\n", ""), 4U);
  EXPECT_EQ(line_of(std::string(100'000, '['), "/0/0/0"), 1U);
}

} // namespace
} // namespace riq::gateway
