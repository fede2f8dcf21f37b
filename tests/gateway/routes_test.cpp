#include "messages/msgpack.hpp"
#include "messages/topics.hpp"
#include "tests/gateway/fake_node.hpp"

#include <gtest/gtest.h>
#include <simdjson.h>

namespace riq::gateway::testing {
namespace {

/// A parsed answer; the parser keeps the document alive.
class json {
 public:
  explicit json(const std::optional<http_answer>& a) {
    if (!a)
      ADD_FAILURE() << "no answer";
    else if (parser_.parse(a->body).get(root_) != simdjson::SUCCESS)
      ADD_FAILURE() << "no JSON: " << a->body;
  }
  simdjson::simdjson_result<simdjson::dom::element> operator[](std::string_view key) const {
    return root_[key];
  }
  std::string text(std::string_view key) const {
    std::string_view out;
    if (root_[key].get(out) != simdjson::SUCCESS) return "?";
    return std::string{out};
  }

 private:
  simdjson::dom::parser parser_;
  simdjson::dom::element root_;
};

std::string header_of(const storage::outgoing_record& r, std::string_view name) {
  for (const auto& [key, value] : r.headers)
    if (key == name) return value;
  return {};
}

constexpr std::string_view view =
  R"({"userId":"user_42","eventType":"VIEW","productId":"laptop_pro_2024","sessionId":"session_xyz","timestamp":1705593600000})";
constexpr std::string_view order_body =
  R"({"orderId":"order_789","userId":"user_42","items":[{"productId":"laptop_pro_2024","quantity":1,"price":1299.99}],"totalAmount":1299.99})";

TEST(routes, track_an_activity_only_when_it_is_durable) {
  fake_node n;
  n.log.hold(true);
  auto c = n.client();
  ASSERT_TRUE(c.send("POST /api/users/activity HTTP/1.1\r\nHost: localhost\r\n"
                     "User-Agent: shop/1.0\r\nContent-Length: " +
                     std::to_string(view.size()) + "\r\n\r\n" + std::string{view}));
  ASSERT_TRUE(n.log.wait_for_waiting(1));
  EXPECT_FALSE(c.receive(false, std::chrono::milliseconds{50}));
  n.log.hold(false);
  const auto a = c.receive();
  ASSERT_TRUE(a);
  EXPECT_EQ(a->status, 200);
  const json j{a};
  EXPECT_EQ(j.text("message"), "Tracked!");
  const auto partition = riq::partition_of("user_42", memory_log::partition_count);
  EXPECT_EQ(j.text("position"), "a" + std::to_string(partition) + "-0");
  const auto kept = n.log.records(topics::user_activity);
  ASSERT_EQ(kept.size(), 1u);
  EXPECT_EQ(kept[0].value, view);
  EXPECT_EQ(kept[0].key, "user_42");
  EXPECT_EQ(header_of(kept[0], headers::event_id), j.text("eventId"));
  EXPECT_EQ(header_of(kept[0], headers::client), "127.0.0.1");
  EXPECT_EQ(header_of(kept[0], headers::user_agent), "shop/1.0");
  EXPECT_FALSE(header_of(kept[0], headers::received).empty());
}

TEST(routes, tell_and_ask_in_one_call) {
  fake_node n;
  auto c = n.client();
  const auto a = c.post("/api/users/activity?recommend=5", view);
  ASSERT_TRUE(a);
  const json j{a};
  EXPECT_EQ(j.text("message"), "Tracked!");
  EXPECT_EQ(j["recommendations"].at(0)["productId"].get_string().value(), "p");
  const auto q = n.with->newest();
  EXPECT_EQ(q.limit, 5u);
  EXPECT_EQ(q.of.after, j.text("position"));
}

TEST(routes, take_orders_and_cancellations) {
  fake_node n;
  auto c = n.client();
  const json placed{c.post("/api/orders/place", order_body)};
  EXPECT_EQ(placed.text("message"), "Ordered!");
  EXPECT_EQ(placed.text("orderId"), "order_789");
  EXPECT_EQ(placed.text("position").front(), 'o');
  const json cancelled{c.post("/api/orders/order_789/cancel", R"({"userId":"user_42"})")};
  EXPECT_EQ(cancelled.text("status"), "CANCELLED");
  const auto kept = n.log.records(topics::orders);
  ASSERT_EQ(kept.size(), 2u);
  EXPECT_EQ(kept[0].value, order_body);
  EXPECT_NE(kept[1].value.find("CANCELLED"), std::string::npos);
}

TEST(routes, refuse_wrong_bodies_with_the_field) {
  fake_node n;
  auto c = n.client();
  const auto field_of = [&](std::string_view target, std::string_view body) {
    const auto a = c.post(target, body);
    EXPECT_EQ(a ? a->status : 0, 400) << body;
    return json{a}.text("field");
  };
  EXPECT_EQ(field_of("/api/users/activity", R"({"eventType":"VIEW","productId":"x"})"), "userId");
  EXPECT_EQ(field_of("/api/users/activity", R"({"userId":"u","eventType":"LOOK"})"), "eventType");
  EXPECT_EQ(field_of("/api/users/activity", "not json"), "body");
  EXPECT_EQ(field_of("/api/users/activity", "{\"userId\":\"\xff\"}"), "body");
  EXPECT_EQ(field_of("/api/users/activity", std::string(5000, '[')), "body");
  EXPECT_EQ(field_of("/api/users/activity", R"({"userId":"u","price":1e999})"), "body");
  EXPECT_EQ(field_of("/api/users/activity?recommend=many", view), "recommend");
  EXPECT_EQ(field_of("/api/ranking/u", R"({"candidates":[1]})"), "candidates[0]");
  EXPECT_EQ(field_of("/api/ranking/u", R"({})"), "candidates");
  EXPECT_EQ(field_of("/api/offers/rubbish/outcome", R"({"reward":1})"), "decisionId");
  EXPECT_EQ(field_of("/api/offers/token-u/outcome", R"({})"), "reward");
  EXPECT_TRUE(n.log.records(topics::user_activity).empty());
}

TEST(routes, say_what_the_log_refuses) {
  fake_node n;
  auto c = n.client();
  n.log.refuse(1, {ec::queue_full, "", "the log's queue is full"});
  const auto full = c.post("/api/users/activity", view);
  EXPECT_EQ(full->status, 503);
  EXPECT_EQ(full->header("Retry-After"), "1");
  n.log.refuse(1, {ec::disk_full, "", "the disk is full"});
  EXPECT_EQ(c.post("/api/orders/place", order_body)->status, 507);
  n.log.set_health({ec::disk_full, "", "the disk is full"});
  EXPECT_EQ(c.get("/healthz")->status, 503);
  n.log.set_health({});
  EXPECT_EQ(c.get("/healthz")->status, 200);
}

TEST(routes, ask_for_recommendations_with_every_parameter) {
  fake_node n;
  auto c = n.client();
  const auto a =
    c.get("/api/recommendations/user%2042?limit=7&category=Electronics%20%3E%20Laptops&"
          "exclude=a,b&exclude=c&includeSeen=true&after=a1-5");
  ASSERT_TRUE(a);
  EXPECT_EQ(a->status, 200);
  EXPECT_EQ(json{a}.text("userId"), "user 42");
  const auto q = n.with->newest();
  EXPECT_EQ(q.limit, 7u);
  EXPECT_EQ(q.category, "electronics.laptops");
  EXPECT_EQ(q.exclude, (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_TRUE(q.include_seen);
  EXPECT_EQ(q.of.after, "a1-5");
  EXPECT_EQ(c.get("/api/recommendations/u?limit=201")->status, 400);
  EXPECT_EQ(json{c.get("/api/recommendations/u?limit=abc")}.text("field"), "limit");
}

TEST(routes, degrade_when_the_answer_does_not_come_in_time) {
  auto s = fake_node::test_settings();
  s.http.deadline_ms = 40;
  fake_node n{s};
  auto c = n.client();
  const json j{c.get("/api/recommendations/silent")};
  EXPECT_TRUE(j["degraded"].get_bool().value());
  EXPECT_EQ(j["recommendations"].at(0)["productId"].get_string().value(), "popular");
  const auto late = c.get("/api/features/silent");
  EXPECT_EQ(late->status, 504);
  EXPECT_EQ(json{late}.text("code"), "timed_out");
  // The event is stored, and the caller learns that, whatever the question came to.
  const json told{c.post("/api/users/activity?recommend=3",
                         R"({"userId":"silent","eventType":"VIEW","productId":"x"})")};
  EXPECT_EQ(told.text("message"), "Tracked!");
  EXPECT_TRUE(told["degraded"].get_bool().value());
  EXPECT_EQ(c.get("/api/recommendations/broken")->status, 409);
}

TEST(routes, pass_the_other_questions_on) {
  fake_node n;
  auto c = n.client();
  EXPECT_EQ(json{c.get("/api/features/u")}.text("kind"), "features");
  EXPECT_EQ(json{c.get("/api/retrieval/u?limit=10")}.text("kind"), "retrieve");
  EXPECT_EQ(
    json{c.post("/api/ranking/u", R"({"candidates":["x",{"productId":"y"}]})")}.text("kind"),
    "rank x");
  EXPECT_EQ(json{c.get("/api/inspect/users/u")}.text("kind"), "inspect");
  EXPECT_EQ(json{c.get("/api/users/u/export")}.text("kind"), "export");
  EXPECT_TRUE(json{c.get("/api/features/u?after=a0-99")}["stale"].get_bool().value());
}

TEST(routes, log_an_offer_before_it_is_shown) {
  fake_node n;
  auto c = n.client();
  const json offer{c.get("/api/offers/user_42")};
  EXPECT_EQ(offer.text("decisionId"), "token-user_42");
  EXPECT_EQ(offer.text("position").front(), 'f');
  const json noted{c.post("/api/offers/token-user_42/outcome", R"({"reward":0.5})")};
  EXPECT_EQ(noted.text("message"), "Noted!");
  const auto kept = n.log.records(topics::offer_decisions);
  ASSERT_EQ(kept.size(), 2u);
  const auto served = from_msgpack<event>(kept[0].value);
  const auto rewarded = from_msgpack<event>(kept[1].value);
  ASSERT_TRUE(served && rewarded);
  EXPECT_EQ(std::get<offer_served>(served->what).propensity, 0.925);
  EXPECT_EQ(std::get<offer_rewarded>(rewarded->what).reward, 0.5);
  EXPECT_EQ(std::get<offer_rewarded>(rewarded->what).decided_at, 1'000);
  EXPECT_EQ(rewarded->user_id, "user_42");
  EXPECT_EQ(kept[1].key, "user_42");
  n.log.refuse(1, {ec::disk_full, "", "the disk is full"});
  EXPECT_EQ(c.get("/api/offers/user_42")->status, 507);
  EXPECT_EQ(c.get("/api/offers/user_42?campaign=other")->status, 404);
}

TEST(routes, decide_with_the_callers_context) {
  fake_node n;
  auto c = n.client();
  const json offer{
    c.post("/api/offers/decide", R"({"userId":"user_42","context":{"segment":"a","f0":1}})")};
  EXPECT_EQ(offer.text("decisionId"), "token-user_42");
  EXPECT_EQ(n.log.records(topics::offer_decisions).size(), 1u);
  EXPECT_EQ(c.post("/api/offers/decide", R"({"context":{}})")->status, 400);
}

TEST(routes, look_back_at_decisions) {
  fake_node n;
  auto c = n.client();
  const json value{c.get("/api/offers/evaluate?campaign=spring&policy=thompson")};
  EXPECT_EQ(value.text("campaign"), "spring");
  EXPECT_EQ(value.text("kind"), "thompson");
  EXPECT_EQ(json{c.get("/api/offers/evaluate")}.text("kind"), "uniform");
  EXPECT_EQ(json{c.get("/api/explain/token-u")}.text("userId"), "u");
  EXPECT_EQ(c.get("/api/explain/forged")->status, 400);
}

TEST(routes, keep_campaigns) {
  fake_node n;
  auto c = n.client();
  EXPECT_EQ(json{c.post("/api/campaigns/spring", R"({"arms":[{"id":"a"}]})", "", "PUT")}.text("id"),
            "spring");
  const auto wrong = c.post("/api/campaigns/spring", "{}", "", "PUT");
  EXPECT_EQ(wrong->status, 400);
  EXPECT_NE(wrong->body.find("\"field\":\"/arms\",\"line\":1"), std::string::npos) << wrong->body;
  EXPECT_EQ(c.get("/api/campaigns/nothing")->status, 404);
  EXPECT_EQ(c.get("/api/campaigns")->status, 200);
  EXPECT_EQ(c.ask("DELETE /api/campaigns/spring HTTP/1.1\r\nHost: localhost\r\n\r\n")->status, 200);
}

TEST(routes, a_repeated_outcome_has_the_same_event_id) {
  fake_node n;
  auto c = n.client();
  const json first{c.post("/api/offers/token-u/outcome", R"({"outcome":"click"})")};
  const json again{c.post("/api/offers/token-u/outcome", R"({"outcome":"click"})")};
  const json other{c.post("/api/offers/token-u/outcome", R"({"outcome":"dismissed"})")};
  EXPECT_EQ(first.text("eventId"), again.text("eventId"));
  EXPECT_NE(first.text("eventId"), other.text("eventId"));
  const auto kept = n.log.records(topics::offer_decisions);
  EXPECT_EQ(std::get<offer_rewarded>(from_msgpack<event>(kept[0].value)->what).reward, 1);
  EXPECT_EQ(std::get<offer_rewarded>(from_msgpack<event>(kept[2].value)->what).reward, 0);
}

TEST(routes, keep_the_catalogue) {
  fake_node n;
  auto c = n.client();
  const json stored{
    c.post("/api/items/laptop", R"({"category":"Electronics/Laptops","price":999})", "", "PUT")};
  EXPECT_EQ(stored.text("message"), "Stored!");
  EXPECT_EQ(stored["position"].get_int64().value(), 0);
  EXPECT_EQ(json{c.get("/api/items/laptop?after=0")}["after"].get_int64().value(), 0);
  EXPECT_EQ(c.get("/api/items/nothing")->status, 404);
  EXPECT_EQ(c.ask("DELETE /api/items/laptop HTTP/1.1\r\nHost: localhost\r\n\r\n")->status, 200);
  const auto kept = n.log.records(topics::item_updates);
  ASSERT_EQ(kept.size(), 2u);
  EXPECT_NE(kept[0].value.find("electronics.laptops"), std::string::npos);
  EXPECT_TRUE(kept[1].tombstone);
}

TEST(routes, erase_through_the_log) {
  fake_node n;
  auto c = n.client();
  const auto a = c.ask("DELETE /api/users/user_42 HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(json{a}.text("message"), "Erased!");
  for (const auto topic : {topics::user_activity, topics::offer_decisions}) {
    const auto kept = n.log.records(topic);
    ASSERT_EQ(kept.size(), 1u) << topic;
    EXPECT_EQ(kept[0].key, "user_42");
    EXPECT_EQ(header_of(kept[0], headers::control), "erase");
  }
}

TEST(routes, show_how_the_node_is) {
  fake_node n;
  auto c = n.client();
  EXPECT_EQ(c.get("/readyz")->status, 200);
  n.with->ready = false;
  const auto unready = c.get("/readyz");
  EXPECT_EQ(unready->status, 503);
  EXPECT_NE(json{unready}.text("detail").find("restoring"), std::string::npos);
  n.with->ready = true;
  const json inspected{c.get("/api/inspect/shards")};
  EXPECT_EQ(inspected["shards"].at(2)["partition"].get_int64().value(), 2);
  EXPECT_EQ(inspected["shards"].at(1)["restore"]["records"].get_int64().value(), 812);
  EXPECT_EQ(inspected["shards"].at(2)["restore"].error(), simdjson::NO_SUCH_FIELD);
  EXPECT_EQ(json{c.get("/api/inspect/kafka")}["aborted"].get_int64().value(), 3);
  ASSERT_TRUE(c.post("/api/users/activity", view));
  const json node{c.get("/api/inspect/node")};
  EXPECT_TRUE(node["ready"].get_bool().value());
  EXPECT_EQ(node["shards"]["resident"].get_uint64().value(), 30u);
  EXPECT_EQ(node["model"]["items"].get_uint64().value(), 3u);
  EXPECT_GT(node["memoryBytes"].get_uint64().value(), 0u);
  EXPECT_EQ(node["recentEvents"].at(0)["subject"].get_string().value(), "laptop_pro_2024");
  const json stats{c.get("/api/event-processor/stats")};
  EXPECT_EQ(stats["received"].get_uint64().value(), 15u);
  EXPECT_EQ(stats["refusedByReason"]["bot"].get_uint64().value(), 3u);
  const auto page = c.get("/metrics");
  EXPECT_NE(page->body.find("riq_shard_resident_users{partition=\"1\"} 10"), std::string::npos);
  EXPECT_NE(page->body.find("riq_ready 1"), std::string::npos);
}

TEST(routes, an_actor_that_is_gone_is_told_and_the_others_shown) {
  fake_node n;
  auto c = n.client();
  caf::scoped_actor self{n.system};
  self->monitor(caf::actor_cast<caf::actor>(n.shards[1]));
  caf::anon_send_exit(n.shards[1], caf::exit_reason::kill);
  self->receive([](const caf::down_msg&) {});
  const json j{c.get("/api/inspect/shards")};
  EXPECT_EQ(j["shards"].at(0)["resident"].get_uint64().value(), 10u);
  EXPECT_EQ(j["shards"].at(1)["error"].error(), simdjson::SUCCESS);
  EXPECT_EQ(c.get("/readyz")->status, 503);
}

TEST(routes, list_and_resubmit_dead_letters) {
  fake_node n;
  auto c = n.client();
  EXPECT_EQ(json{c.get("/api/event-processor/dead-letters?limit=3")}["limit"].get_int64().value(),
            3);
  EXPECT_EQ(c.post("/api/event-processor/dead-letters/7/resubmit", "")->status, 200);
  EXPECT_EQ(c.post("/api/event-processor/dead-letters/8/resubmit", "")->status, 404);
  EXPECT_EQ(c.post("/api/event-processor/dead-letters/x/resubmit", "")->status, 400);
}

TEST(routes, guard_what_needs_admin) {
  auto s = fake_node::test_settings();
  s.auth.keys = {{"site", hash_key("r"), {"read"}},
                 {"shop", hash_key("w"), {"write"}},
                 {"ops", hash_key("a"), {"admin"}}};
  fake_node n{s};
  auto c = n.client();
  for (const std::string target :
       {"/api/inspect/users/u", "/api/inspect/shards", "/api/inspect/node", "/api/users/u/export",
        "/api/event-processor/dead-letters"}) {
    EXPECT_EQ(c.get(target)->status, 401) << target;
    EXPECT_EQ(c.get(target, "X-API-Key: r\r\n")->status, 403) << target;
    EXPECT_EQ(c.get(target, "X-API-Key: a\r\n")->status, 200) << target;
  }
  EXPECT_EQ(c.post("/api/items/x", "{}", "X-API-Key: w\r\n", "PUT")->status, 403);
  EXPECT_EQ(c.post("/api/users/activity", view, "X-API-Key: w\r\n")->status, 200);
  EXPECT_EQ(c.post("/api/users/activity", view, "X-API-Key: r\r\n")->status, 403);
  EXPECT_EQ(c.get("/api/recommendations/u", "X-API-Key: r\r\n")->status, 200);
  EXPECT_EQ(c.get("/readyz")->status, 200);
  EXPECT_EQ(c.get("/")->status, 200);
}

TEST(gateway, says_which_setting_keeps_it_from_starting) {
  fake_node n;
  auto s = fake_node::test_settings();
  s.listen.only = {"127.0.0.1:" + std::to_string(n.gateway->ports()[0])};
  parts p;
  p.system = &n.system;
  p.log = &n.log;
  p.config = s;
  const auto taken = http_gateway::start(p);
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, ec::conflict);
  EXPECT_EQ(taken.error().field, "listen.only");
  p.config.listen.only = {"127.0.0.1:0"};
  p.config.http.trusted_proxies = {"nowhere"};
  EXPECT_EQ(http_gateway::start(p).error().field, "http.trusted_proxies");
}

} // namespace
} // namespace riq::gateway::testing
