#include "gateway/uri.hpp"

#include <gtest/gtest.h>

namespace riq::gateway {
namespace {

query parsed(std::string_view text) {
  auto q = query::parse(text);
  EXPECT_TRUE(q) << text;
  return q ? std::move(*q) : query{};
}

TEST(query, reads_texts_numbers_and_flags) {
  const auto q = parsed("limit=7&category=a%2Eb+c&includeSeen=true&empty=&bare");
  EXPECT_EQ(*q.integer("limit", 20, 1, 200), 7);
  EXPECT_EQ(q.text("category"), "a.b c");
  EXPECT_TRUE(*q.flag("includeSeen", false));
  EXPECT_EQ(q.text("empty"), "");
  EXPECT_TRUE(*q.flag("bare", false));
  EXPECT_EQ(q.text("absent"), std::nullopt);
  EXPECT_EQ(*q.integer("absent", 20, 1, 200), 20);
}

TEST(query, names_the_parameter_that_is_wrong) {
  for (const auto* bad : {"limit=abc", "limit=", "limit=0", "limit=201", "limit=1.5", "limit=1e2",
                          "limit=99999999999999999999", "limit=-1", "limit= 1"}) {
    const auto q = parsed(bad);
    const auto n = q.integer("limit", 20, 1, 200);
    ASSERT_FALSE(n) << bad;
    EXPECT_EQ(n.error().field, "limit");
    EXPECT_EQ(n.error().code, ec::invalid);
  }
  const auto yes = parsed("includeSeen=perhaps").flag("includeSeen", false);
  ASSERT_FALSE(yes);
  EXPECT_EQ(yes.error().field, "includeSeen");
}

TEST(query, refuses_broken_escapes_and_broken_utf8) {
  EXPECT_FALSE(query::parse("a=%"));
  EXPECT_FALSE(query::parse("a=%f"));
  EXPECT_FALSE(query::parse("a=%ff"));
  EXPECT_FALSE(query::parse("%zz=1"));
  EXPECT_FALSE(query::parse("a=%00"));
  const auto q = query::parse("category=%ff");
  ASSERT_FALSE(q);
  EXPECT_EQ(q.error().field, "category");
}

TEST(query, gathers_lists) {
  const auto q = parsed("exclude=a,+b&x=1&exclude=c,,&exclude=&exclude=%20,%09d%20e%20");
  EXPECT_EQ(q.all("exclude"), (std::vector<std::string>{"a", "b", "c", "d e"}));
}

} // namespace
} // namespace riq::gateway
