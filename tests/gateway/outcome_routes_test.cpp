// Outcomes are told once, and what tells no time of its own has the engine's.
#include "messages/msgpack.hpp"
#include "messages/parse_order.hpp"
#include "messages/topics.hpp"
#include "tests/gateway/fake_node.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace riq::gateway::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class outcome_routes : public ::testing::Test {
 protected:
  outcome_routes() {
    // As the user's state does: the first outcome in the log counts, once it was applied.
    n.with->standing = [this](const look_up_decision& q) {
      decision_standing out;
      out.known = known;
      for (const auto& r : n.log.records(topics::offer_decisions)) {
        const auto told = std::get<offer_rewarded>(from_msgpack<event>(r.value)->what);
        if (out.rewarded) continue;
        out.rewarded = true;
        out.reward = told.reward;
      }
      if (!q.of.after.empty()) ++waited;
      return out;
    };
  }

  std::optional<http_answer> tell(std::string_view body) {
    return c.post("/api/offers/token-u/outcome", body);
  }
  std::size_t records() const { return n.log.records(topics::offer_decisions).size(); }

  fake_node n;
  socket_client c = n.client();
  std::atomic<bool> known{true};
  std::atomic<int> waited{0};
};

TEST_F(outcome_routes, a_second_outcome_is_told_to_be_one) {
  const auto first = tell(R"({"reward":0.25})");
  ASSERT_TRUE(first);
  EXPECT_THAT(first->body, HasSubstr(R"("message":"Noted!")"));
  EXPECT_THAT(first->body, HasSubstr(R"("position":"f)"));
  EXPECT_THAT(first->body, Not(HasSubstr("duplicate")));
  EXPECT_EQ(waited, 1) << "whoever asks behind the answer finds it applied";
  for (const auto body : {R"({"reward":0.25})", R"({"outcome":"click"})"}) {
    const auto again = tell(body);
    EXPECT_EQ(again->status, 200);
    EXPECT_THAT(again->body, HasSubstr(R"("duplicate":true,"reward":0.25)"));
  }
  EXPECT_EQ(records(), 1U) << "what is known already needs no record";
}

TEST_F(outcome_routes, of_an_erased_user_is_not_found) {
  known = false;
  EXPECT_EQ(tell(R"({"reward":1})")->status, 404);
  EXPECT_EQ(records(), 1U) << "only behind it is certain that nobody is known";
}

TEST_F(outcome_routes, is_stored_when_nobody_can_tell_what_became_of_the_decision) {
  caf::scoped_actor self{n.system};
  for (const auto& shard : n.shards) {
    self->monitor(caf::actor_cast<caf::actor>(shard));
    caf::anon_send_exit(shard, caf::exit_reason::kill);
    self->receive([](const caf::down_msg&) {});
  }
  const auto noted = tell(R"({"reward":1})");
  EXPECT_EQ(noted->status, 200) << noted->body;
  EXPECT_EQ(records(), 1U);
}

TEST(stream_time, is_the_time_of_what_tells_none) {
  auto s = fake_node::test_settings();
  s.engine.time = "stream";
  fake_node n{s};
  auto c = n.client();
  const auto header_of = [](const storage::outgoing_record& r, std::string_view name) {
    for (const auto& [key, value] : r.headers)
      if (key == name) return value;
    return std::string{};
  };
  ASSERT_EQ(c.post("/api/offers/token-u/outcome", R"({"reward":1})")->status, 200);
  ASSERT_EQ(c.post("/api/offers/token-u/outcome", R"({"reward":1,"timestamp":2000})")->status, 200);
  const auto told = n.log.records(topics::offer_decisions);
  ASSERT_EQ(told.size(), 2U);
  EXPECT_EQ(from_msgpack<event>(told[0].value)->time, fake_now);
  EXPECT_EQ(from_msgpack<event>(told[1].value)->time, 2'000);
  ASSERT_EQ(c.ask("DELETE /api/users/u HTTP/1.1\r\nHost: localhost\r\n\r\n")->status, 200);
  const auto erased = n.log.records(topics::user_activity).at(0);
  EXPECT_EQ(header_of(erased, headers::time), std::to_string(fake_now));
  EXPECT_NE(header_of(erased, headers::received), std::to_string(fake_now));
  ASSERT_EQ(c.post("/api/orders/o1/cancel", R"({"userId":"u"})")->status, 200);
  const auto cancelled = parse_order(n.log.records(topics::orders).at(0).value, {1, {}});
  ASSERT_TRUE(cancelled);
  EXPECT_EQ(cancelled->time, fake_now);
}

TEST(stream_time, is_the_clocks_where_the_clock_is_the_engines) {
  fake_node n;
  auto c = n.client();
  ASSERT_EQ(c.post("/api/offers/token-u/outcome", R"({"reward":1})")->status, 200);
  const auto told = *from_msgpack<event>(n.log.records(topics::offer_decisions).at(0).value);
  EXPECT_EQ(told.time, told.received);
}

TEST(positions, of_a_partition_that_is_not_there_are_refused) {
  fake_node n;
  auto c = n.client();
  for (const std::string target : {"/api/features/u", "/api/recommendations/u", "/api/offers/u",
                                   "/api/users/u/export", "/api/triggers/dry-run/u"}) {
    const auto a = c.get(target + "?after=a99-1");
    EXPECT_EQ(a->status, 400) << target;
    EXPECT_THAT(a->body, HasSubstr(R"("field":"after")")) << target;
    EXPECT_EQ(c.get(target + "?after=a2-1.f0-7")->status, 200) << target;
  }
  EXPECT_EQ(c.post("/api/offers/decide", R"({"userId":"u","after":"f3-0"})")->status, 400);
}

} // namespace
} // namespace riq::gateway::testing
