// A node without the role `gateway` answers operators and nobody else.

#include "tests/gateway/fake_node.hpp"

#include <gtest/gtest.h>

namespace riq::gateway::testing {
namespace {

TEST(roles, without_gateway_only_operators_are_answered) {
  auto config = fake_node::test_settings();
  config.log.kind = "kafka";
  config.node.roles = {"shards"};
  fake_node n{config};
  auto c = n.client();
  for (const auto* path : {"/healthz", "/readyz", "/metrics", "/openapi.json", "/api/inspect/node",
                           "/api/inspect/shards", "/api/inspect/kafka",
                           "/api/event-processor/stats", "/api/event-processor/dead-letters"})
    EXPECT_EQ(c.get(path)->status, 200) << path;
  for (const auto* path :
       {"/", "/api/recommendations/u", "/api/features/u", "/api/analytics/events", "/api/offers/u",
        "/api/users/u/export", "/api/items/p"})
    EXPECT_EQ(c.get(path)->status, 404) << path;
  EXPECT_EQ(c.post("/api/users/activity", R"({"userId":"u","eventType":"SEARCH"})")->status, 404);
  EXPECT_TRUE(n.log.records(topics::user_activity).empty());
}

} // namespace
} // namespace riq::gateway::testing
