#include "tests/gateway/fake_node.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace riq::gateway::testing {
namespace {

using ::testing::HasSubstr;

TEST(trigger_routes, rules_are_put_read_and_deleted) {
  fake_node n;
  auto c = n.client();
  constexpr std::string_view rule = R"({"kind":"cart_abandoned","after":["30m"]})";
  const auto put = c.post("/api/triggers/rules/mine", rule, {}, "PUT");
  ASSERT_TRUE(put);
  EXPECT_EQ(put->status, 200);
  EXPECT_EQ(put->body, rule);
  const auto wrong = c.post("/api/triggers/rules/wrong", rule, {}, "PUT");
  EXPECT_EQ(wrong->status, 400);
  EXPECT_THAT(wrong->body, HasSubstr(R"("field":"after.0")"));
  EXPECT_EQ(c.get("/api/triggers/rules")->body, R"({"rules":[]})");
  EXPECT_EQ(c.get("/api/triggers/rules/mine")->body, R"({"id":"mine"})");
  EXPECT_EQ(c.post("/api/triggers/rules/mine", "", {}, "DELETE")->body, R"({"deleted":"mine"})");
  EXPECT_EQ(c.post("/api/triggers/rules/other", "", {}, "DELETE")->status, 404);
}

TEST(trigger_routes, the_list_passes_its_filters_on) {
  fake_node n;
  auto c = n.client();
  EXPECT_EQ(c.get("/api/triggers?limit=3&userId=u&rule=r&id=t0-1")->body,
            R"({"triggers":[],"limit":3,"asked":"u/r/t0-1"})");
  EXPECT_EQ(c.get("/api/triggers?limit=0")->status, 400);
}

TEST(trigger_routes, dry_runs_ask_the_user) {
  fake_node n;
  auto c = n.client();
  EXPECT_THAT(c.get("/api/triggers/dry-run/u?inMinutes=90")->body,
              HasSubstr(R"("userId":"u","kind":"dry run 90")"));
  EXPECT_EQ(c.get("/api/triggers/dry-run/u?inMinutes=-1")->status, 400);
}

TEST(trigger_routes, what_if_reads_events_as_the_routes_that_take_them) {
  fake_node n;
  auto c = n.client();
  const auto ask = [&](std::string_view body) { return c.post("/api/what-if/u", body); };
  // The indices are those of the facts: an activity and an order.
  EXPECT_THAT(
    ask(R"({"events":[{"eventType":"VIEW","productId":"p"},{"orderId":"o","userId":"u","items":)"
        R"([{"productId":"p","price":5}],"totalAmount":5}]})")
      ->body,
    HasSubstr("what if default u:0 u:1"));
  EXPECT_THAT(ask(R"({"events":[]})")->body, HasSubstr("what if default"));
  const auto field = [&](std::string_view body) {
    const auto a = ask(body);
    EXPECT_EQ(a->status, 400) << body;
    const auto at = a->body.find(R"("field":")");
    return at == std::string::npos ? a->body
                                   : a->body.substr(at + 9, a->body.find('"', at + 9) - at - 9);
  };
  EXPECT_EQ(field("{}"), "events");
  EXPECT_EQ(field(R"({"events":[1]})"), "events[0]");
  EXPECT_EQ(field(R"({"events":[{"eventType":"VIEW","productId":"p"},{"eventType":"VIEW"}]})"),
            "events[1].productId");
  EXPECT_EQ(field(R"({"events":[{"userId":"v","eventType":"VIEW","productId":"p"}]})"),
            "events[0].userId");
  EXPECT_EQ(field(R"({"events":[{}]})"), "events[0].eventType");
}

} // namespace
} // namespace riq::gateway::testing
