// Questions to users: waiting for a position, for the user, and for neither.
#include "actors/shard.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "messages/hash.hpp"
#include "tests/actors/shard_rig.hpp"

namespace riq::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(shard_questions, an_unknown_user_gets_what_is_popular) {
  shard_rig rig;
  auto known = std::make_shared<engine::shared_model>(rig.config->model);
  session_update u;
  u.product_id = "bestseller";
  u.time = t0;
  u.user_key = u.session_key = 1;
  known->items.apply(u);
  known->epoch = 1;
  rig.model->publish(known);
  rig.start();
  recommend q;
  q.of.user_id = "nobody";
  const auto list = rig.ask(q);
  ASSERT_TRUE(list);
  EXPECT_THAT(list->body, HasSubstr("\"bestseller\""));
  rig.settle();
  EXPECT_FALSE(rig.store->has(0, "nobody")); // a question leaves no trace
}

TEST(shard_questions, a_kept_list_ends_with_the_catalogue_it_was_made_of) {
  shard_rig rig;
  const auto publish = [&](bool in_stock, std::uint64_t epoch, std::uint64_t catalogue) {
    auto known = std::make_shared<engine::shared_model>(rig.config->model);
    for (const auto* id : {"always", "sometimes"}) {
      item i;
      i.product_id = id;
      i.in_stock = in_stock || i.product_id == "always";
      known->items.put(i);
    }
    known->epoch = epoch;
    known->catalogue = catalogue;
    rig.model->publish(known);
  };
  publish(true, 1, 2);
  rig.start();
  rig.publish(seen("u", "p", t0, 0));
  recommend q;
  q.of.user_id = "u";
  EXPECT_THAT(rig.ask(q)->body, HasSubstr("\"sometimes\""));
  publish(false, 2, 2); // nobody changed the catalogue: the list is as good as it was
  EXPECT_THAT(rig.ask(q)->body, HasSubstr("\"sometimes\""));
  publish(false, 3, 3);
  EXPECT_THAT(rig.ask(q)->body, Not(HasSubstr("\"sometimes\"")));
}

TEST(shard_questions, every_question_is_passed_on) {
  shard_rig rig;
  rig.start();
  rig.publish(seen("u", "p1", t0, 0));
  retrieve candidates;
  candidates.of.user_id = "u";
  rank terms;
  terms.of.user_id = "u";
  terms.candidates = {"p1"};
  export_user all;
  all.of.user_id = "u";
  EXPECT_THAT(rig.ask(candidates)->body, HasSubstr("\"candidates\":"));
  EXPECT_THAT(rig.ask(terms)->body, HasSubstr("\"ranking\":"));
  EXPECT_THAT(rig.ask(all)->body, HasSubstr("\"known\":true"));
  choose_offer offer;
  offer.of.user_id = "u";
  EXPECT_TRUE(rig.sys.ask<offer_choice>(rig.shard, offer));
}

TEST(shard_questions, a_position_that_was_passed_needs_no_wait) {
  shard_rig rig;
  rig.start();
  rig.publish(seen("u", "p", t0, 12));
  const auto a = rig.ask(features_of("u", "a0-12"));
  ASSERT_TRUE(a);
  EXPECT_THAT(a->body, Not(HasSubstr("stale")));
}

TEST(shard_questions, a_question_waits_for_its_position) {
  shard_rig rig;
  rig.start();
  const auto slot = rig.sys.begin<answer>(rig.shard, features_of("u", "a0-12"));
  rig.step(50);
  EXPECT_FALSE(*slot);
  EXPECT_EQ(rig.status().waiting, 1U);
  rig.publish(seen("u", "p", t0, 11));
  EXPECT_FALSE(*slot);
  rig.publish(seen("u", "p2", t0, 12));
  ASSERT_TRUE(*slot && **slot);
  EXPECT_THAT((**slot)->body, Not(HasSubstr("stale")));
  EXPECT_THAT((**slot)->body, HasSubstr("\"views_7d\":2"));
}

TEST(shard_questions, the_answer_after_a_position_has_the_event_also_while_the_user_is_loaded) {
  shard_rig rig;
  rig.start();
  rig.store->holding = true;
  const auto slot = rig.sys.begin<answer>(rig.shard, features_of("u", "a0-0"));
  rig.publish(seen("u", "p", t0, 0));
  EXPECT_FALSE(*slot);
  rig.store->release();
  rig.sys.drain();
  ASSERT_TRUE(*slot && **slot);
  EXPECT_THAT((**slot)->body, HasSubstr("\"views_7d\":1"));
}

TEST(shard_questions, a_wait_that_runs_out_is_answered_as_stale) {
  shard_rig rig;
  rig.start();
  const auto slot = rig.sys.begin<answer>(rig.shard, features_of("u", "a0-12"));
  rig.run(rig.config->http.after_wait_ms - 50);
  EXPECT_FALSE(*slot);
  rig.run(100);
  ASSERT_TRUE(*slot && **slot);
  EXPECT_THAT((**slot)->body, HasSubstr("\"stale\":true"));
  EXPECT_EQ(rig.status().waiting, 0U);
}

TEST(shard_questions, an_offer_and_an_export_say_that_they_are_stale_too) {
  shard_rig rig;
  rig.start();
  rig.publish(seen("u", "p", t0, 11));
  for (const std::string after : {"a0-11", "a0-12"}) {
    const auto exported = rig.sys.begin<answer>(rig.shard, export_user{{"u", after, false}});
    const auto offered =
      rig.sys.begin<offer_choice>(rig.shard, choose_offer{{"u", after, false}, "default", {}});
    rig.run(rig.config->http.after_wait_ms + 50);
    ASSERT_TRUE(*exported && **exported && *offered && **offered);
    const bool stale = after == "a0-12";
    EXPECT_EQ((**exported)->body.find("\"stale\":true") != std::string::npos, stale);
    EXPECT_EQ((**offered)->shown.body.find("\"stale\":true") != std::string::npos, stale);
  }
}

TEST(shard_questions, what_became_of_a_decision) {
  shard_rig rig;
  rig.start();
  look_up_decision question{{"u", {}, false}, stable_hash("d1")};
  const auto standing = [&] { return *rig.sys.ask<decision_standing>(rig.shard, question); };
  EXPECT_FALSE(standing().known);
  auto e = seen("u", "", t0, 0);
  e.origin.from = source::offer;
  e.what = offer_served{.decision_id = "d1", .campaign = "c", .arm = "a"};
  rig.publish(e);
  EXPECT_TRUE(standing().known);
  EXPECT_FALSE(standing().rewarded);
  e.id = "outcome";
  e.origin.offset = 1;
  e.what = offer_rewarded{.decision_id = "d1", .reward = 0.25};
  rig.publish(e);
  EXPECT_TRUE(standing().rewarded);
  EXPECT_EQ(standing().reward, 0.25);
  rig.publish(erased("u", t0 + 1, 0));
  EXPECT_FALSE(standing().known);
  e.id = "another outcome";
  e.origin.offset = 2;
  rig.publish(e);
  EXPECT_FALSE(standing().known);
  rig.settle();
  ASSERT_TRUE(rig.stored("u"));
  EXPECT_EQ(rig.stored("u")->total.events, 0U) << "nothing is left, and nothing comes back";
}

TEST(shard_questions, positions_of_other_partitions_are_none_of_its_business) {
  shard_rig rig;
  rig.start();
  const auto a = rig.ask(features_of("u", "a7-12.o3-4"));
  ASSERT_TRUE(a);
  EXPECT_THAT(a->body, Not(HasSubstr("stale")));
}

TEST(shard_questions, a_token_that_is_none_is_refused) {
  shard_rig rig;
  rig.start();
  const auto a = rig.ask(features_of("u", "rubbish"));
  ASSERT_FALSE(a);
  EXPECT_EQ(a.error().code, ec::invalid);
  EXPECT_EQ(a.error().field, "after");
  const auto b = rig.ask(features_of(""));
  ASSERT_FALSE(b);
  EXPECT_EQ(b.error().field, "userId");
}

TEST(shard_questions, what_an_earlier_life_applied_is_no_reason_to_wait) {
  shard_rig rig;
  rig.start();
  rig.publish(seen("u", "p", t0, 12));
  ASSERT_TRUE(rig.drain());
  rig.log->commit(processor_group, {std::string{topics::user_activity}, 0}, 13);
  rig.restart();
  const auto a = rig.ask(features_of("u", "a0-12"));
  ASSERT_TRUE(a);
  EXPECT_THAT(a->body, Not(HasSubstr("stale")));
  EXPECT_THAT(a->body, HasSubstr("\"views_7d\":1"));
}

TEST(shard_questions, but_it_waits_until_it_has_caught_up) {
  shard_rig rig;
  testing::publish(*rig.log, seen("u", "p", t0, 12));
  rig.log->commit(processor_group, {std::string{topics::user_activity}, 0}, 21);
  rig.store->holding = true;
  rig.start();
  const auto slot = rig.sys.begin<answer>(rig.shard, features_of("v", "a0-20"));
  rig.step(50);
  EXPECT_FALSE(*slot); // offset 20 was refused, but who knows before the log was read
  rig.store->holding = false;
  rig.store->release();
  rig.step(50);
  ASSERT_TRUE(*slot && **slot);
  EXPECT_THAT((**slot)->body, Not(HasSubstr("stale")));
}

TEST(shard_questions, a_look_at_somebody_stored_wakes_nobody) {
  shard_rig rig;
  rig.start();
  rig.publish(seen("u", "p", t0, 0));
  ASSERT_TRUE(rig.drain());
  rig.restart();
  const auto page = rig.ask(look_at("u"));
  ASSERT_TRUE(page);
  EXPECT_THAT(page->body, HasSubstr("\"resident\":false"));
  EXPECT_THAT(page->body, HasSubstr("\"known\":true"));
  EXPECT_FALSE(rig.resident("u"));
  EXPECT_EQ(rig.status().resident, 0U);
  const auto nobody = rig.ask(look_at("nobody"));
  ASSERT_TRUE(nobody);
  EXPECT_THAT(nobody->body, HasSubstr("\"known\":false"));
}

TEST(shard_questions, looks_that_meet_are_all_answered) {
  shard_rig rig;
  rig.start();
  rig.store->holding = true;
  const auto one = rig.sys.begin<answer>(rig.shard, look_at("u"));
  const auto two = rig.sys.begin<answer>(rig.shard, look_at("u"));
  rig.sys.drain();
  rig.store->release();
  rig.sys.drain();
  EXPECT_TRUE(*one && **one);
  EXPECT_TRUE(*two && **two);
}

TEST(shard_questions, a_look_at_somebody_resident_is_no_use) {
  shard_rig rig;
  rig.start();
  rig.publish(seen("u", "p", t0, 0));
  const auto used = const_cast<shard_state&>(rig.state()).residents.find("u")->used;
  rig.step(1'000);
  EXPECT_THAT(rig.ask(look_at("u"))->body, HasSubstr("\"resident\":true"));
  EXPECT_EQ(const_cast<shard_state&>(rig.state()).residents.find("u")->used, used);
}

TEST(shard_questions, a_look_at_somebody_whose_snapshot_waits_shows_it) {
  shard_rig rig;
  rig.config->shards.passivate_after_sec = 10;
  rig.start();
  rig.publish(seen("u", "p", t0, 0));
  rig.store->holding = true; // nothing gets stored
  rig.run(11'000);
  ASSERT_FALSE(rig.resident("u"));
  EXPECT_FALSE(rig.store->has(0, "u"));
  EXPECT_THAT(rig.ask(look_at("u"))->body, HasSubstr("\"known\":true"));
  EXPECT_FALSE(rig.resident("u"));
}

} // namespace
} // namespace riq::testing
