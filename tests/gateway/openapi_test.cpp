#include "gateway/router.hpp"
#include "tests/gateway/fake_node.hpp"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <set>

namespace riq::gateway::testing {
namespace {

std::string lower(method verb) {
  std::string out{verb_name(verb)};
  for (auto& c : out) c = static_cast<char>(c | 0x20);
  return out;
}

/// A node and its document, as text and parsed.
class openapi_test : public ::testing::Test {
 protected:
  fake_node n;
  std::string text;
  simdjson::dom::parser parser;
  simdjson::dom::element doc;

  void SetUp() override {
    const auto a = n.client().get("/openapi.json");
    ASSERT_TRUE(a);
    text = a->body;
    ASSERT_EQ(parser.parse(text).get(doc), simdjson::SUCCESS);
  }
};

TEST_F(openapi_test, tells_every_route_that_runs_and_no_other) {
  EXPECT_EQ(doc["openapi"].get_string().value(), "3.1.0");
  std::set<std::string> told, run;
  for (const auto path : doc["paths"].get_object())
    for (const auto operation : path.value.get_object())
      told.insert(std::string{operation.key} + " " + std::string{path.key});
  for (const auto& r : n.gateway->routes())
    if (r.pattern != router::rest) run.insert(lower(r.verb) + " " + std::string{r.pattern});
  EXPECT_EQ(told, run);
  EXPECT_GE(run.size(), 25u);
}

TEST_F(openapi_test, every_reference_leads_somewhere_and_every_parameter_is_told) {
  for (std::size_t at = 0; (at = text.find("#/components/schemas/", at)) != std::string::npos;) {
    at += 21;
    const auto name = text.substr(at, text.find('"', at) - at);
    EXPECT_EQ(doc["components"]["schemas"][name].error(), simdjson::SUCCESS) << name;
  }
  for (const auto& r : n.gateway->routes()) {
    if (r.pattern == router::rest) continue;
    const auto operation = doc["paths"][std::string{r.pattern}][lower(r.verb)];
    EXPECT_FALSE(operation["summary"].get_string().value().empty()) << r.pattern;
    std::set<std::string_view> names;
    for (const auto p : operation["parameters"].get_array())
      names.insert(p["name"].get_string().value());
    for (const auto name : router::parameter_names(r.pattern)) EXPECT_TRUE(names.contains(name));
    for (const auto& p : r.parameters) EXPECT_TRUE(names.contains(p.name)) << p.name;
    EXPECT_EQ(operation["requestBody"].error() == simdjson::SUCCESS, r.body != body_kind::none);
  }
}

TEST_F(openapi_test, tells_the_statuses_that_are_really_answered) {
  const auto told = [&](std::string_view path, std::string_view verb, unsigned status) {
    return doc["paths"][path][verb]["responses"][std::to_string(status)].error() ==
           simdjson::SUCCESS;
  };
  struct call {
    method verb;
    std::string target, pattern, body;
  };
  for (const call& x : std::initializer_list<call>{
         {method::get, "/api/offers/u?campaign=other", "/api/offers/{userId}", ""},
         {method::get, "/api/items/nothing", "/api/items/{productId}", ""},
         {method::get, "/api/analytics/nothing", "/api/analytics/{name}", ""},
         {method::get, "/api/campaigns/nothing", "/api/campaigns/{campaignId}", ""},
         {method::delete_, "/api/triggers/rules/x", "/api/triggers/rules/{id}", ""},
         {method::post, "/api/offers/redeem", "/api/offers/redeem", R"({"code":"none"})"},
         {method::post, "/api/event-processor/dead-letters/8/resubmit",
          "/api/event-processor/dead-letters/{offset}/resubmit", ""}}) {
    const auto a = n.client().post(x.target, x.body, "", verb_name(x.verb));
    ASSERT_TRUE(a) << x.target;
    EXPECT_EQ(a->status, 404u) << x.target << a->body;
    EXPECT_TRUE(told(x.pattern, lower(x.verb), 404)) << x.target;
  }
  for (const auto pattern :
       {"/api/features/{userId}", "/api/retrieval/{userId}", "/api/users/{userId}/export",
        "/api/inspect/users/{userId}", "/api/campaigns", "/api/offers/{userId}"})
    EXPECT_TRUE(told(pattern, "get", 504)) << pattern;
  EXPECT_TRUE(told("/api/offers/redeem", "post", 409) && told("/api/offers/redeem", "post", 410));
  EXPECT_TRUE(told("/api/users/activity", "post", 507) && told("/api/users/activity", "post", 408));
  EXPECT_TRUE(told("/api/offers/{userId}", "get", 507));
  const auto types = doc["paths"]["/api/analytics/{name}"]["get"]["responses"]["200"]["content"];
  EXPECT_EQ(types["text/csv"].error(), simdjson::SUCCESS);
}

TEST_F(openapi_test, every_get_without_parameters_answers_in_its_declared_type) {
  for (const auto& r : n.gateway->routes()) {
    if (r.verb != method::get || r.pattern == router::rest) continue;
    auto c = n.client(); // an answer without an end takes its connection
    std::string target{r.pattern};
    if (const auto at = target.find("{name}"); at != std::string::npos)
      target.replace(at, 6, "revenue");
    if (const auto at = target.find("{decisionId}"); at != std::string::npos)
      target.replace(at, 12, "token-u");
    for (std::size_t at; (at = target.find('{')) != std::string::npos;)
      target.replace(at, target.find('}') - at + 1, "some_id");
    const auto a = c.get(target);
    ASSERT_TRUE(a) << target;
    EXPECT_EQ(a->status, 200) << target << ": " << a->body;
    EXPECT_EQ(a->header("Content-Type"), r.response_type) << target;
  }
}

} // namespace
} // namespace riq::gateway::testing
