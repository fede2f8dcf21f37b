#include "messages/position.hpp"

#include <gtest/gtest.h>

namespace riq {
namespace {

TEST(position, a_token_reads_back) {
  const std::vector<position> list{
    {source::activity, 3, 1287}, {source::order, 0, 0}, {source::offer, 11, 1LL << 60}};
  EXPECT_EQ(to_token(list), "a3-1287.o0-0.f11-1152921504606846976");
  const auto back = parse_token(to_token(list));
  ASSERT_TRUE(back);
  EXPECT_EQ(*back, list);
}

TEST(position, an_empty_token_asks_for_nothing) {
  const auto none = parse_token("");
  ASSERT_TRUE(none);
  EXPECT_TRUE(none->empty());
}

TEST(position, what_is_no_token_is_refused_by_its_field) {
  for (const auto* text :
       {"a", "a3", "a3-", "a3-x", "x3-1", "3-1", "a-1-1", "a3--1", "a3-1.", ".a3-1", "a3-1..o1-1",
        "a3-1 ", "a99999999999-1", "a1-99999999999999999999", "a3-1,o1-1"}) {
    const auto r = parse_token(text);
    ASSERT_FALSE(r) << text;
    EXPECT_EQ(r.error().code, ec::invalid);
    EXPECT_EQ(r.error().field, "after");
  }
}

TEST(position, the_number_of_places_is_bounded) {
  std::vector<position> list(64, {source::activity, 1, 1});
  EXPECT_TRUE(parse_token(to_token(list)));
  list.push_back(list.front());
  EXPECT_FALSE(parse_token(to_token(list)));
}

} // namespace
} // namespace riq
