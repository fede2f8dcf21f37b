#include "actors/user.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/decision_token.hpp"
#include "tests/actors/shard_rig.hpp"

namespace riq::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// What a user told its shard.
struct reports {
  std::vector<events_applied> applied;
  std::vector<user_snapshot> snapshots;
  std::vector<event> facts;
};

/// Stands where the shard is.
shard_actor::behavior_type listener(shard_actor::pointer, const std::shared_ptr<reports>& kept) {
  const auto nothing = [](const auto&) -> caf::result<answer> { return answer{}; };
  return {
    [](const log_delivery&) {},
    [](const users_loaded&) {},
    [](const commit_outcome&) {},
    [](const users_due&) {},
    [kept](events_applied& a) { kept->applied.push_back(a); },
    [kept](user_snapshot& s) { kept->snapshots.push_back(s); },
    [](const user_failed& f) { ADD_FAILURE() << f.why; },
    [kept](event& e) { kept->facts.push_back(e); },
    [](const append_outcome&) {},
    [nothing](const recommend& q) { return nothing(q); },
    [nothing](const retrieve& q) { return nothing(q); },
    [nothing](const rank& q) { return nothing(q); },
    [nothing](const get_features& q) { return nothing(q); },
    [](const choose_offer&) -> caf::result<offer_choice> { return offer_choice{}; },
    [nothing](const export_user& q) { return nothing(q); },
    [nothing](const dry_run& q) { return nothing(q); },
    [nothing](const what_if& q) { return nothing(q); },
    [](const look_up_decision&) { return decision_standing{}; },
    [](const get_budgets&) { return budget_slice{}; },
    [](const want_lease&) { return false; },
    [](const users_scanned&) {},
    [](atom::heard) {},
    [nothing](const inspect_user& q) { return nothing(q); },
    [](const ask_analytics&) { return analytics_slice{}; },
    [](const analytics_loaded&) {},
    [](atom::status) { return shard_status{}; },
    [](atom::tick) {},
    [](atom::drain) { return shard_status{}; },
  };
}

class user_test : public ::testing::Test {
 protected:
  user_test() {
    wall_now = t0;
    publish_epoch();
    context->config = config;
    context->model = model;
    context->campaigns = configured_campaigns(*config);
    context->token_secret = "a secret for tests";
    context->wall = test_wall;
    shard = sys.spawn(listener, told);
    clock = std::make_shared<engine_clock>(false, test_wall);
  }

  void publish_epoch() {
    auto next = std::make_shared<engine::shared_model>(config->model);
    for (const auto* id : {"p1", "p2", "p3"}) {
      item i;
      i.product_id = id;
      i.category = "electronics.laptop";
      next->items.put(i);
      session_update u;
      u.product_id = id;
      u.time = t0;
      u.user_key = 1;
      u.session_key = 1;
      next->items.apply(u);
    }
    next->epoch = ++epoch;
    model->publish(next);
  }

  user_actor start(user_state data) {
    return sys.spawn_class<user_host>(
      std::make_shared<const user_context>(
        user_context{context, clock, shard, 3, std::make_shared<serving_board>()}),
      std::move(data));
  }
  user_actor start() {
    user_state data;
    data.user_id = "u";
    return start(data);
  }

  void apply(const user_actor& u, std::vector<std::pair<std::int64_t, event>> events) {
    caf::anon_send(u, apply_events{1, std::move(events)});
    sys.drain();
  }

  const reports& heard() { return *told; }

  std::shared_ptr<settings> config = test_settings();
  std::shared_ptr<engine::model_source> model = std::make_shared<engine::model_source>();
  std::shared_ptr<engine_context> context = std::make_shared<engine_context>();
  std::shared_ptr<engine_clock> clock;
  std::uint64_t epoch = 0;
  std::shared_ptr<reports> told = std::make_shared<reports>();
  deterministic_system sys;
  shard_actor shard;
};

recommend list_of(const std::string& user) {
  recommend q;
  q.of.user_id = user;
  return q;
}

TEST_F(user_test, applies_and_tells_what_it_did) {
  const auto u = start();
  apply(u, {{7, seen("u", "p1", t0, 1)}, {9, seen("u", "p2", t0 + 1, 2)}});
  ASSERT_EQ(heard().applied.size(), 1U);
  const auto& a = heard().applied[0];
  EXPECT_EQ(a.user_id, "u");
  EXPECT_EQ(a.batch, 1U);
  EXPECT_EQ(a.applied, 2U);
  EXPECT_EQ(a.applied_offset, 9);
  EXPECT_GT(a.state_bytes, 0U);
  ASSERT_EQ(a.updates.size(), 2U);
  EXPECT_EQ(a.updates[0].offset, 7);
  EXPECT_EQ(a.updates[1].offset, 9);
}

TEST_F(user_test, skips_what_it_has) {
  const auto u = start();
  apply(u, {{7, seen("u", "p1", t0, 1)}});
  apply(u, {{7, seen("u", "p1", t0, 1)}}); // the shard replays
  apply(u, {{8, seen("u", "p1", t0, 1)}}); // the processor published again
  auto retry = seen("u", "p1", t0, 5);
  retry.id = "u-1";
  apply(u, {{9, retry}}); // the client sent again
  ASSERT_EQ(heard().applied.size(), 4U);
  for (int i : {1, 2, 3}) {
    EXPECT_EQ(heard().applied[i].applied, 0U) << i;
    EXPECT_EQ(heard().applied[i].duplicates, 1U) << i;
    EXPECT_TRUE(heard().applied[i].updates.empty()) << i;
  }
  EXPECT_EQ(heard().applied[3].applied_offset, 9);
}

TEST_F(user_test, keeps_a_list_until_an_event) {
  const auto u = start();
  const auto first = *sys.ask<answer>(u, list_of("u"));
  wall_now += 10;
  EXPECT_EQ(sys.ask<answer>(u, list_of("u"))->body, first.body);
  apply(u, {{1, seen("u", "p1", wall_now, 1)}});
  const auto then = sys.ask<answer>(u, list_of("u"))->body;
  EXPECT_NE(then, first.body);
  EXPECT_THAT(then, HasSubstr("\"stateAsOf\":\"a3-1\""));
}

TEST_F(user_test, a_duplicate_leaves_the_list) {
  const auto u = start();
  apply(u, {{1, seen("u", "p1", t0, 1)}});
  const auto first = sys.ask<answer>(u, list_of("u"))->body;
  wall_now += 10;
  apply(u, {{1, seen("u", "p1", t0, 1)}});
  EXPECT_EQ(sys.ask<answer>(u, list_of("u"))->body, first);
}

TEST_F(user_test, a_new_epoch_or_time_makes_a_list_old) {
  const auto u = start();
  const auto first = sys.ask<answer>(u, list_of("u"))->body;
  publish_epoch();
  wall_now += config->ranking.refresh_ms;
  const auto second = sys.ask<answer>(u, list_of("u"))->body;
  EXPECT_NE(second, first);
  EXPECT_THAT(second, HasSubstr("\"modelEpoch\":2"));
  wall_now += config->ranking.cache_ms;
  EXPECT_NE(sys.ask<answer>(u, list_of("u"))->body, second);
}

TEST_F(user_test, a_clock_that_steps_back_makes_a_list_old) {
  const auto u = start();
  const auto first = sys.ask<answer>(u, list_of("u"))->body;
  wall_now -= 3'600'000;
  publish_epoch();
  EXPECT_NE(sys.ask<answer>(u, list_of("u"))->body, first);
}

TEST_F(user_test, another_question_gets_another_list) {
  const auto u = start();
  const auto first = sys.ask<answer>(u, list_of("u"))->body;
  auto other = list_of("u");
  other.exclude = {"p1"};
  EXPECT_THAT(first, HasSubstr("\"p1\""));
  EXPECT_THAT(sys.ask<answer>(u, other)->body, Not(HasSubstr("\"p1\"")));
}

TEST_F(user_test, marks_a_stale_answer_without_keeping_the_mark) {
  const auto u = start();
  auto late = list_of("u");
  late.of.stale = true;
  EXPECT_THAT(sys.ask<answer>(u, late)->body, HasSubstr("\"stale\":true}"));
  EXPECT_THAT(sys.ask<answer>(u, list_of("u"))->body, Not(HasSubstr("stale")));
  get_features f;
  f.of = {"u", "", true};
  EXPECT_THAT(sys.ask<answer>(u, f)->body, HasSubstr("\"stale\":true"));
}

TEST_F(user_test, decides_an_offer_with_a_token_that_verifies) {
  const auto u = start();
  choose_offer q;
  q.of.user_id = "u";
  const auto choice = sys.ask<offer_choice>(u, q);
  ASSERT_TRUE(choice);
  EXPECT_GT(choice->served.propensity, 0);
  EXPECT_LE(choice->served.propensity, 1);
  EXPECT_THAT(choice->served.arms, ::testing::Contains(choice->served.arm));
  const auto d = engine::verify(choice->served.decision_id, context->token_secret);
  ASSERT_TRUE(d);
  EXPECT_EQ(d->user_id, "u");
  EXPECT_EQ(d->arm, choice->served.arm);
  EXPECT_EQ(d->propensity, choice->served.propensity);
  EXPECT_EQ(d->time, choice->time);
  EXPECT_FALSE(engine::verify(choice->served.decision_id, "another secret"));
  const auto again = sys.ask<offer_choice>(u, q);
  ASSERT_TRUE(again);
  EXPECT_NE(again->served.decision_id, choice->served.decision_id);
}

TEST_F(user_test, a_cap_holds_while_decisions_are_still_under_way) {
  for (auto& arm : config->campaigns[0].arms) arm.cap_per_user_day = 1;
  context->campaigns = configured_campaigns(*config);
  const auto u = start();
  choose_offer q;
  q.of.user_id = "u";
  std::vector<offer_served> served;
  for (std::size_t i = 0; i < config->campaigns[0].arms.size(); ++i) {
    const auto choice = sys.ask<offer_choice>(u, q);
    ASSERT_TRUE(choice);
    served.push_back(choice->served);
  }
  EXPECT_EQ(sys.ask<offer_choice>(u, q).error().code, ec::not_found);
  event e;
  e.user_id = "u";
  e.time = t0;
  e.id = "offer:1";
  e.what = served[0];
  apply(u, {{1, e}});
  EXPECT_EQ(sys.ask<offer_choice>(u, q).error().code, ec::not_found) << "now the state counts it";
}

TEST_F(user_test, knows_no_other_campaign) {
  const auto u = start();
  choose_offer q;
  q.of.user_id = "u";
  q.campaign = "spring";
  const auto choice = sys.ask<offer_choice>(u, q);
  ASSERT_FALSE(choice);
  EXPECT_EQ(choice.error().code, ec::not_found);
  EXPECT_EQ(choice.error().field, "campaign");
}

TEST_F(user_test, shows_itself) {
  const auto u = start();
  apply(u, {{4, seen("u", "p1", t0, 1, activity_type::add_to_cart)}});
  inspect_user look;
  look.of.user_id = "u";
  const auto page = sys.ask<answer>(u, look)->body;
  EXPECT_THAT(page, HasSubstr("\"resident\":true"));
  EXPECT_THAT(page, HasSubstr("\"known\":true"));
  EXPECT_THAT(page, HasSubstr("\"kind\":\"cart_abandoned\""));
  EXPECT_THAT(page, HasSubstr("\"cachedRecommendations\":null"));
  EXPECT_TRUE(sys.ask<answer>(u, list_of("u")));
  EXPECT_THAT(sys.ask<answer>(u, look)->body, HasSubstr("\"cachedRecommendations\":{"));
  export_user all;
  all.of.user_id = "u";
  EXPECT_THAT(sys.ask<answer>(u, all)->body, HasSubstr("\"features\":{\"views_7d\":"));
}

TEST_F(user_test, comes_back_from_its_snapshot_as_it_was) {
  const auto u = start();
  for (int i = 0; i < 60; ++i)
    apply(u, {{i, i % 7 == 0 ? bought("u", "o" + std::to_string(i), 20 + i, t0 + i * minute, i)
                             : seen("u", "p" + std::to_string(i % 9), t0 + i * minute, i,
                                    static_cast<activity_type>(i % 6))}});
  caf::anon_send(u, atom::snapshot_v);
  sys.drain();
  ASSERT_EQ(heard().snapshots.size(), 1U);
  const auto first = heard().snapshots[0];
  EXPECT_FALSE(first.final);
  EXPECT_EQ(first.applied_offset, 59);
  const auto copy = start(*from_msgpack<user_state>(first.bytes));
  caf::anon_send(copy, atom::passivate_v);
  sys.drain();
  ASSERT_EQ(heard().snapshots.size(), 2U);
  EXPECT_TRUE(heard().snapshots[1].final);
  EXPECT_EQ(heard().snapshots[1].bytes, first.bytes);
  EXPECT_EQ(heard().snapshots[1].next_due, first.next_due);
}

TEST_F(user_test, an_erased_user_leaves_positions_for_a_week) {
  const auto u = start();
  apply(u, {{1, seen("u", "p1", t0, 1)}, {2, erased("u", t0, 2)}});
  caf::anon_send(u, atom::snapshot_v);
  sys.drain();
  ASSERT_EQ(heard().snapshots.size(), 1U);
  const auto left = from_msgpack<user_state>(heard().snapshots[0].bytes);
  ASSERT_TRUE(left);
  user_state positions;
  positions.user_id = "u";
  positions.applied = 2;
  positions.source_offsets[0] = 2;
  positions.erased = t0;
  EXPECT_EQ(to_msgpack(*left), to_msgpack(positions));
  EXPECT_EQ(heard().snapshots[0].next_due, t0 + week);
  EXPECT_EQ(heard().snapshots[0].applied_offset, 2);

  wall_now = t0 + week;
  caf::anon_send(u, atom::snapshot_v);
  sys.drain();
  ASSERT_EQ(heard().snapshots.size(), 2U);
  EXPECT_EQ(heard().snapshots[1].bytes, "");
  EXPECT_EQ(heard().snapshots[1].next_due, 0);
}

TEST_F(user_test, wakes_to_a_fact_only_when_it_is_due) {
  const auto u = start();
  apply(u, {{1, seen("u", "p1", t0, 1, activity_type::add_to_cart)}});
  const auto due = t0 + std::int64_t{config->features.abandon_after_min} * minute;
  caf::anon_send(u, atom::wake_v, due - 1);
  sys.drain();
  EXPECT_TRUE(heard().facts.empty());
  caf::anon_send(u, atom::wake_v, due);
  caf::anon_send(u, atom::wake_v, due + 5);
  sys.drain();
  ASSERT_EQ(heard().facts.size(), 2U); // until it comes back through the log
  EXPECT_EQ(heard().facts[0].id, heard().facts[1].id);
  EXPECT_EQ(heard().facts[0].time, due);
  EXPECT_EQ(heard().facts[0].origin.from, source::internal);
}

} // namespace
} // namespace riq::testing
