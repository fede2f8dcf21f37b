// Unique codes are redeemed by the first record of the log, and offers with a limit shown when it
// holds.
#include "messages/msgpack.hpp"
#include "messages/topics.hpp"
#include "tests/gateway/fake_node.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace riq::gateway::testing {
namespace {

using ::testing::HasSubstr;

class redeem_routes : public ::testing::Test {
 protected:
  redeem_routes() {
    // As the user's state does: the first redemption in the log is the one that counts.
    n.with->standing = [this](const look_up_decision& q) {
      ++asked;
      decision_standing out;
      out.now = 4'000;
      for (const auto& r : n.log.records(topics::offer_decisions)) {
        const auto e = *from_msgpack<event>(r.value);
        const auto* o = std::get_if<offer_redeemed>(&e.what);
        if (o == nullptr || o->decision != q.decision || out.redeemed) continue;
        out.redeemed = true;
        out.redeemed_at = e.time;
        out.claim = o->claim;
      }
      if (change) change(q, out);
      return out;
    };
  }

  std::optional<http_answer> redeem(std::string_view body) {
    return c.post("/api/offers/redeem", body);
  }
  std::size_t records() const { return n.log.records(topics::offer_decisions).size(); }

  fake_node n;
  socket_client c = n.client();
  std::atomic<int> asked{0};
  std::function<void(const look_up_decision&, decision_standing&)> change;
};

TEST_F(redeem_routes, a_code_is_redeemed_once) {
  const auto first = redeem(R"({"code":"code-u"})");
  ASSERT_TRUE(first);
  EXPECT_EQ(first->status, 200);
  EXPECT_THAT(first->body, HasSubstr(R"("redeemedAt":4000,"userId":"u","campaign":"spring")"));
  const auto again = redeem(R"({"code":"code-u"})");
  EXPECT_EQ(again->status, 409);
  EXPECT_THAT(again->body, HasSubstr(R"("redeemedAt":4000)"));
  EXPECT_EQ(records(), 1U) << "what is known already needs no record";
  const auto kept = *from_msgpack<event>(n.log.records(topics::offer_decisions)[0].value);
  EXPECT_EQ(kept.user_id, "u");
  EXPECT_EQ(kept.time, 4'000);
  EXPECT_EQ(std::get<offer_redeemed>(kept.what).expires, 5'000);
}

TEST_F(redeem_routes, a_retry_that_names_the_order_is_answered_alike) {
  EXPECT_EQ(redeem(R"({"code":"code-u","orderId":"o1"})")->status, 200);
  EXPECT_EQ(redeem(R"({"code":"code-u","orderId":"o1"})")->status, 200);
  EXPECT_EQ(redeem(R"({"code":"code-u","orderId":"o2"})")->status, 409);
  EXPECT_EQ(redeem(R"({"code":"code-u"})")->status, 409);
}

TEST_F(redeem_routes, who_comes_second_in_the_log_is_refused) {
  // Between the first look and the record another node was quicker.
  change = [this](const look_up_decision& q, decision_standing& s) {
    if (q.of.after.empty()) s.redeemed = false;
    if (!q.of.after.empty()) s.claim = 12'345;
  };
  const auto late = redeem(R"({"code":"code-u","orderId":"o1"})");
  EXPECT_EQ(late->status, 409);
  EXPECT_EQ(records(), 1U);
}

TEST_F(redeem_routes, unknown_expired_and_incomplete_ones_are_told_apart) {
  EXPECT_EQ(redeem(R"({"code":"SAVE10"})")->status, 404);
  EXPECT_EQ(redeem(R"({})")->status, 400);
  EXPECT_EQ(redeem(R"({"code":7})")->status, 400);
  change = [](const look_up_decision&, decision_standing& s) { s.now = 5'001; };
  const auto over = redeem(R"({"code":"code-u"})");
  EXPECT_EQ(over->status, 410);
  EXPECT_THAT(over->body, HasSubstr(R"("code":"expired")"));
  change = [](const look_up_decision&, decision_standing& s) { s.full = true; };
  EXPECT_EQ(redeem(R"({"code":"code-u"})")->status, 503);
  EXPECT_EQ(records(), 0U);
  change = [](const look_up_decision&, decision_standing& s) { s.known = s.redeemed = false; };
  EXPECT_EQ(redeem(R"({"code":"code-u"})")->status, 404) << "the user was erased";
}

TEST_F(redeem_routes, an_outcome_that_is_not_known_is_not_told_as_one) {
  change = [](const look_up_decision& q, decision_standing& s) {
    s.stale = !q.of.after.empty();
    s.redeemed = false;
  };
  const auto unknown = redeem(R"({"code":"code-u","orderId":"o1"})");
  EXPECT_EQ(unknown->status, 503);
  EXPECT_GT(asked, 2) << "it waited more than once";
}

TEST_F(redeem_routes, what_the_log_does_not_take_is_not_redeemed) {
  n.log.refuse(1, {ec::disk_full, "", "the disk is full"});
  EXPECT_EQ(redeem(R"({"code":"code-u"})")->status, 507);
  EXPECT_EQ(redeem(R"({"code":"code-u"})")->status, 200);
}

TEST_F(redeem_routes, an_offer_with_a_limit_is_shown_when_it_holds) {
  EXPECT_EQ(c.get("/api/offers/capped")->status, 200);
  EXPECT_EQ(asked, 1);
  change = [](const look_up_decision& q, decision_standing& s) {
    EXPECT_FALSE(q.of.after.empty());
    s.is_void = true;
  };
  EXPECT_EQ(c.get("/api/offers/capped")->status, 404);
  change = [](const look_up_decision&, decision_standing& s) { s.stale = true; };
  EXPECT_EQ(c.get("/api/offers/capped")->status, 503);
  asked = 0;
  EXPECT_EQ(c.get("/api/offers/user_42")->status, 200);
  EXPECT_EQ(asked, 0) << "without limits nothing is waited for";
}

TEST_F(redeem_routes, campaigns_tell_what_all_shards_spent) {
  const auto all = c.get("/api/campaigns");
  EXPECT_THAT(all->body,
              HasSubstr(R"("spending":[{"campaign":"spring","leased":9.0,"spent":4.5}])"));
  EXPECT_THAT(all->body, HasSubstr(R"("shards":3,"shardsAnswered":3)"));
  EXPECT_THAT(c.get("/api/campaigns/spring")->body, HasSubstr(R"("spent":4.5)"));
  EXPECT_THAT(c.get("/api/campaigns/other")->body, HasSubstr(R"("spending":[])"));
}

} // namespace
} // namespace riq::gateway::testing
