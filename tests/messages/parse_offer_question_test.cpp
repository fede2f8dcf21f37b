#include "messages/parse_offer_question.hpp"

#include <gtest/gtest.h>

namespace riq {
namespace {

std::string wrong_field(std::string_view json) {
  const auto q = parse_offer_question(json);
  return q ? "accepted" : q.error().field;
}

TEST(parse_offer_question, takes_the_context_as_it_is) {
  const auto q = parse_offer_question(
    R"({"userId":"u","campaign":"c","context":{"segment":"seg2","f0":0.5,"vip":true,"x":null}})");
  ASSERT_TRUE(q) << q.error().detail;
  EXPECT_EQ(q->of.user_id, "u");
  EXPECT_EQ(q->campaign, "c");
  ASSERT_EQ(q->context.size(), 3U);
  EXPECT_EQ(q->context[0].text, "seg2");
  EXPECT_EQ(q->context[1].number, 0.5);
  EXPECT_EQ(q->context[2].number, 1);
}

TEST(parse_offer_question, names_what_is_wrong) {
  EXPECT_EQ(wrong_field(R"({"campaign":"c"})"), "userId");
  EXPECT_EQ(wrong_field(R"({"userId":"u","context":[]})"), "context");
  EXPECT_EQ(wrong_field(R"({"userId":"u","context":{"f0":[1]}})"), "context.f0");
  EXPECT_EQ(wrong_field(R"({"userId":"u","context":{"f0":1e9}})"), "context.f0");
  EXPECT_EQ(wrong_field(R"({"userId":"u","context":{"":1}})"), "context");
  EXPECT_EQ(wrong_field(R"({"userId":"u","campaign":7})"), "campaign");
}

} // namespace
} // namespace riq
