#include "actors/offer_log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "messages/hash.hpp"
#include "messages/msgpack.hpp"
#include "messages/topics.hpp"
#include "tests/support/deterministic_system.hpp"
#include "tests/support/memory_log.hpp"

namespace riq::testing {
namespace {

using ::testing::HasSubstr;

class offer_log_test : public ::testing::Test {
 protected:
  offer_log_test() {
    for (const auto topic : {topics::offer_decisions, topics::orders, topics::trigger_outcomes})
      log->ensure_topic({.name = std::string{topic}, .partitions = 2});
    campaign_settings c;
    c.id = "c";
    c.arms = {{.id = "a"}, {.id = "b"}};
    auto set = std::make_shared<engine::campaign_set>();
    set->put(*engine::campaign::compile(c));
    source->publish(std::move(set));
    keeper = sys.spawn(riq::offer_log, offer_log_config{log, source});
  }

  void append(std::string_view topic, const std::string& user, std::string value) {
    storage::outgoing_record r;
    r.topic = topic;
    r.key = user;
    r.value = std::move(value);
    r.timestamp = 1'000;
    log->append({std::move(r)}, storage::durability::relaxed, {});
  }

  void append(const std::string& user, std::int64_t time, const std::string& id, fact what) {
    event e;
    e.id = id;
    e.user_id = user;
    e.time = time;
    e.what = std::move(what);
    append(topics::offer_decisions, user, to_msgpack(e));
  }

  static offer_served served(const std::string& decision, const std::string& arm) {
    offer_served s;
    s.decision_id = decision;
    s.campaign = "c";
    s.arm = arm;
    s.propensity = 0.5;
    s.arms = {"a", "b"};
    s.propensities = {0.5, 0.5};
    s.means = {0.1, 0.2};
    s.levels = {"segment=new"};
    return s;
  }

  std::shared_ptr<memory_log> log = std::make_shared<memory_log>();
  std::shared_ptr<engine::campaign_source> source = std::make_shared<engine::campaign_source>();
  deterministic_system sys;
  offer_log_actor keeper;
};

TEST_F(offer_log_test, explains_a_decision_with_its_first_outcome) {
  append("u", 10, "offer:1", served("d1", "b"));
  append("u", 30, "late", offer_rewarded{.decision_id = "d1", .reward = 0.25});
  append("u", 20, "first", offer_rewarded{.decision_id = "d1", .reward = 0.75});
  const auto a = sys.ask<answer>(keeper, explain_decision{"u", "d1"});
  ASSERT_TRUE(a) << a.error().detail;
  EXPECT_THAT(a->body, HasSubstr(R"("known":{"levels":["segment=new"])"));
  EXPECT_THAT(a->body, HasSubstr(R"({"arm":"b","mean":0.2,"propensity":0.5})"));
  EXPECT_THAT(a->body, HasSubstr(R"("outcome":{"reward":0.75,"time":20,"eventId":"first"})"));
  EXPECT_EQ(sys.ask<answer>(keeper, explain_decision{"u", "d2"}).error().code, ec::not_found);
}

TEST_F(offer_log_test, values_a_policy_from_all_partitions_orders_included) {
  for (int i = 0; i < 100; ++i) {
    const auto user = "u" + std::to_string(i);
    const auto decision = "d" + std::to_string(i);
    append(user, i, "offer:" + std::to_string(i), served(decision, i % 2 == 0 ? "a" : "b"));
    if (i % 4 == 0)
      append(topics::orders, user,
             R"({"orderId":"o)" + user + R"(","userId":")" + user +
               R"(","items":[{"productId":"p","quantity":1,"price":5}],"totalAmount":5,)" +
               R"("offerDecisionId":")" + decision + "\"}");
  }
  const auto a = sys.ask<answer>(keeper, evaluate_policy{"c", "uniform"});
  ASSERT_TRUE(a) << a.error().detail;
  EXPECT_THAT(a->body, HasSubstr(R"("decisions":100)"));
  EXPECT_THAT(a->body, HasSubstr(R"("ips":{"value":0.25)"));
  EXPECT_THAT(a->body, HasSubstr(R"("groups":{"policy":{"decisions":100)"));
}

TEST_F(offer_log_test, credits_no_order_that_the_users_state_does_not) {
  const auto orders = [&](const std::string& user, const std::string& order,
                          const std::string& more) {
    append(topics::orders, user,
           R"({"orderId":")" + order + R"(","userId":")" + user +
             R"(","items":[{"productId":"p","price":5}],"totalAmount":5,"offerDecisionId":"d1",)" +
             more + "}");
  };
  const auto credited = [&] {
    return sys.ask<answer>(keeper, explain_decision{"u", "d1"})->body.find("\"outcome\":null") ==
           std::string::npos;
  };
  append("u", 10, "offer:1", served("d1", "b"));
  orders("v", "o0", R"("timestamp":20)"); // another user's
  append(topics::orders, "u", R"({"orderId":"o1","userId":"u","status":"Cancelled"})");
  orders("u", "o1", R"("timestamp":20)"); // cancelled before it came
  orders("u", "o2", R"("timestamp":)" + std::to_string(11 + 72 * 3'600'000)); // too late
  orders("u", "o3", R"("timestamp":20,"status":"CHECKOUT")");
  EXPECT_FALSE(credited());
  orders("u", "o4", R"("timestamp":20)");
  append(topics::orders, "u", R"({"orderId":"o4","userId":"u","status":"CANCELLED"})");
  EXPECT_TRUE(credited()) << "a cancellation afterwards takes no reward back";
}

TEST_F(offer_log_test, credits_no_outcome_after_the_window) {
  append("u", 10, "offer:1", served("d1", "b"));
  append("u", 11 + 72 * 3'600'000, "late", offer_rewarded{.decision_id = "d1", .reward = 1});
  append("u", 20, "expired", offer_expired{.decision = stable_hash("d1")});
  append("u", 15, "told late", offer_rewarded{.decision_id = "d1", .reward = 1});
  const auto a = sys.ask<answer>(keeper, explain_decision{"u", "d1"});
  EXPECT_THAT(a->body, HasSubstr(R"("outcome":null)"));
  EXPECT_THAT(a->body, HasSubstr(R"("expiredAt":20)"));
}

TEST_F(offer_log_test, credits_an_order_to_the_offer_of_the_trigger_that_brought_it) {
  append("u", 10, "offer:1", served("d1", "b"));
  // In the partition of the user's shard; the key is the trigger's.
  const auto converted = [&](std::string value) {
    storage::outgoing_record r;
    r.topic = topics::trigger_outcomes;
    r.partition = log->partition_of(topics::offer_decisions, "u");
    r.key = "t0-7";
    r.value = std::move(value);
    log->append({std::move(r)}, storage::durability::relaxed, {});
  };
  converted(R"({"id":"t0-6","kind":"converted","userId":"u","orderId":"o0","total":5,"time":15})");
  converted(R"({"id":"t0-7","kind":"converted","userId":"u","orderId":"o1","total":5.0,"time":20,)"
            R"("eventId":"order:o1:COMPLETED","decisionId":"d1"})");
  EXPECT_THAT(sys.ask<answer>(keeper, explain_decision{"u", "d1"})->body,
              HasSubstr(R"("outcome":{"reward":1.0,"time":20,"eventId":"order:o1:COMPLETED"})"));
}

TEST_F(offer_log_test, explains_nothing_of_an_erased_user) {
  append("u", 10, "offer:1", served("d1", "b"));
  storage::outgoing_record mark;
  mark.topic = topics::offer_decisions;
  mark.key = "u";
  mark.headers = {{std::string{headers::control}, "erase"}};
  log->append({std::move(mark)}, storage::durability::relaxed, {});
  append("u", 30, "outcome", offer_rewarded{.decision_id = "d1", .reward = 1});
  append("u", 40, "offer:2", served("d2", "b"));
  EXPECT_EQ(sys.ask<answer>(keeper, explain_decision{"u", "d1"}).error().code, ec::not_found);
  EXPECT_TRUE(sys.ask<answer>(keeper, explain_decision{"u", "d2"})) << "the user is back";
}

TEST_F(offer_log_test, says_what_is_wrong_with_the_question) {
  const auto field = [&](std::string campaign, std::string policy) {
    const auto a = sys.ask<answer>(keeper, evaluate_policy{std::move(campaign), std::move(policy)});
    return a ? std::string{"answered"} : a.error().field;
  };
  EXPECT_EQ(field("none", "uniform"), "campaign");
  EXPECT_EQ(field("c", "best"), "policy");
  EXPECT_EQ(field("c", R"({"kind":"fixed","arm":"z"})"), "policy");
  EXPECT_EQ(field("c", R"({"kind":"thompson","floor":0.05})"), "answered");
}

} // namespace
} // namespace riq::testing
