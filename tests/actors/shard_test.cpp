// How events get from the log to their users.
#include "actors/shard.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/actors/shard_rig.hpp"

namespace riq::testing {
namespace {

using ::testing::HasSubstr;

TEST(shard_config, says_what_is_missing) {
  EXPECT_EQ(validate(shard_config{}).code, ec::invalid);
  shard_rig rig;
  rig.resident_users = 0;
  rig.start();
  const auto answered = rig.sys.ask<shard_status>(rig.shard, atom::status_v);
  EXPECT_FALSE(answered);
}

TEST(shard, events_reach_their_users_in_log_order) {
  shard_rig rig;
  rig.start();
  for (int i = 0; i < 30; ++i)
    rig.publish(seen("u" + std::to_string(i % 3), "p" + std::to_string(i), t0 + i, i));
  EXPECT_EQ(rig.status().events, 30U);
  ASSERT_TRUE(rig.drain());
  for (const auto& [user, state] :
       replay(rig.log->records(topics::processed_events), rig.config->features))
    EXPECT_EQ(*rig.store->value(0, user), to_msgpack(state)) << user;
}

TEST(shard, a_batch_reaches_each_user_as_one_message) {
  shard_rig rig;
  for (int i = 0; i < 40; ++i)
    testing::publish(*rig.log, seen("u" + std::to_string(i % 2), "p", t0 + i, i));
  rig.start(); // finds them all in one batch
  const auto records = rig.log->records(topics::session_updates);
  ASSERT_EQ(records.size(), 1U);
  const auto list = *from_msgpack<std::vector<numbered_update>>(records[0].value);
  ASSERT_EQ(list.size(), 40U);
  for (std::size_t i = 0; i < list.size(); ++i)
    EXPECT_EQ(list[i].offset, static_cast<std::int64_t>(i));
  EXPECT_EQ(rig.store->loads, 2U) << "the budgets, and both users in one read";
}

TEST(shard, tells_what_is_too_much_for_one_record_in_more) {
  shard_rig rig;
  const std::string product(250, 'p');
  for (int i = 0; i < 3'000; ++i)
    testing::publish(*rig.log, seen("u" + std::to_string(i % 50), product, t0 + i, i));
  rig.start(); // finds them all in one batch
  const auto records = rig.log->records(topics::session_updates);
  EXPECT_GT(records.size(), 2U);
  for (const auto& r : records) EXPECT_LT(r.value.size(), 300'000U);
  EXPECT_EQ(rig.told().size(), 3'000U);
}

TEST(shard, tells_the_item_model_of_a_sample_when_too_much_happens) {
  shard_rig rig;
  rig.config->model.sample_above_per_sec = 100;
  auto known = std::make_shared<engine::shared_model>(rig.config->model);
  session_update met;
  met.product_id = "known";
  met.time = t0;
  known->items.apply(met);
  rig.model->publish(known);
  constexpr int n = 10'000; // at the same time, of as many sessions
  for (int i = 0; i < n; ++i)
    testing::publish(*rig.log,
                     seen("u" + std::to_string(i), i % 100 == 0 ? "new" : "known", t0, i));
  // The log takes no more for a while: what is told later is weighed as it would have been.
  rig.log->failing = {ec::queue_full, "", "full"};
  rig.start();
  rig.settle();
  EXPECT_TRUE(rig.told().empty());
  rig.log->failing = {};
  rig.settle();
  double stood_for = 0;
  std::size_t in_sample = 0;
  std::size_t seldom = 0;
  for (const auto& [offset, u] : rig.told()) {
    stood_for += u.weight;
    in_sample += u.weight > 0;
    if (u.weight > 0) continue;
    ++seldom;
    EXPECT_EQ(u.product_id, "new");
  }
  EXPECT_LT(in_sample, 1'000U);
  EXPECT_GT(in_sample, 100U);
  EXPECT_NEAR(stood_for / n, 1, 0.3);
  EXPECT_GT(seldom, 0U);
  EXPECT_EQ(rig.status().touches_sampled_out, n - in_sample);
  EXPECT_EQ(rig.status().events, n) << "users miss nothing";
}

TEST(shard, reads_on_as_users_finish) {
  shard_rig rig;
  rig.config->shards.credit_records = 4;
  rig.start();
  for (int i = 0; i < 100; ++i) testing::publish(*rig.log, seen("u", "p", t0 + i, i));
  rig.sys.drain();
  EXPECT_EQ(rig.status().events, 100U);
  rig.step(200); // what is told together with others waits for the tick
  EXPECT_EQ(rig.status().lag, 0);
}

TEST(shard, tells_the_item_model_of_many_small_deliveries_in_one_record) {
  shard_rig rig;
  rig.start();
  rig.step(50);
  const auto told = [&] { return rig.log->records(topics::session_updates).size(); };
  const auto before = told();
  for (int i = 0; i < 20; ++i) {
    testing::publish(*rig.log, seen("u" + std::to_string(i), "p", t0 + i, i));
    rig.sys.drain();
  }
  EXPECT_EQ(rig.status().events, 20U);
  EXPECT_EQ(told(), before + 1) << "the first one at once";
  rig.step(200);
  ASSERT_EQ(told(), before + 2);
  EXPECT_EQ(rig.status().applied_offset, 19);
}

TEST(shard, reads_no_further_than_its_credit_while_users_cannot_be_loaded) {
  shard_rig rig;
  rig.config->shards.credit_records = 4;
  rig.start();
  rig.store->holding = true;
  for (int i = 0; i < 100; ++i)
    testing::publish(*rig.log, seen("u" + std::to_string(i), "p", t0 + i, i));
  rig.sys.drain();
  EXPECT_EQ(rig.status().events, 0U);
  EXPECT_EQ(rig.status().resident, 4U);
  rig.store->holding = false;
  rig.store->release();
  rig.sys.drain();
  EXPECT_EQ(rig.status().events, 100U);
}

TEST(shard, is_ready_at_the_end_it_found) {
  shard_rig rig;
  for (int i = 0; i < 10; ++i) testing::publish(*rig.log, seen("u", "p", t0 + i, i));
  rig.store->holding = true;
  rig.start();
  EXPECT_FALSE(rig.status().ready);
  EXPECT_EQ(rig.status().lag, 10);
  rig.store->release(); // the shard's own entries, after which it reads on and asks for the user
  rig.sys.drain();
  EXPECT_FALSE(rig.status().ready);
  rig.store->holding = false;
  rig.store->release();
  rig.sys.drain();
  EXPECT_TRUE(rig.status().ready);
}

TEST(shard, an_empty_log_is_ready_at_once) {
  shard_rig rig;
  rig.start();
  EXPECT_TRUE(rig.status().ready);
}

TEST(shard, goes_on_behind_a_record_that_is_no_event) {
  shard_rig rig;
  rig.start();
  storage::outgoing_record rubbish;
  rubbish.topic = topics::processed_events;
  rubbish.partition = 0;
  rubbish.value = "rubbish";
  rig.log->append({rubbish}, storage::durability::relaxed, {});
  rig.publish(seen("u", "p", t0, 0));
  EXPECT_EQ(rig.status().events, 1U);
  ASSERT_TRUE(rig.drain());
  EXPECT_EQ(rig.store->position(0), 2);
}

TEST(shard, counts_what_it_skips) {
  shard_rig rig;
  rig.start();
  rig.publish(seen("u", "p", t0, 0));
  rig.publish(seen("u", "p", t0, 0));
  EXPECT_EQ(rig.status().events, 1U);
  EXPECT_EQ(rig.status().duplicates, 1U);
  EXPECT_EQ(rig.told().size(), 1U);
}

TEST(shard, tells_each_event_once_and_a_replay_under_the_same_numbers) {
  shard_rig rig;
  rig.start();
  for (int i = 0; i < 20; ++i)
    rig.publish(i % 5 == 4 ? bought("u1", "o" + std::to_string(i), 10, t0 + i, i)
                           : seen("u" + std::to_string(i % 3), "p", t0 + i, i));
  rig.restart(); // nothing was stored: all of it again
  EXPECT_EQ(rig.status().events, 20U);
  std::vector<numbered_update> expected;
  replay(rig.log->records(topics::processed_events), rig.config->features, &expected);
  EXPECT_EQ(to_msgpack(rig.told()), to_msgpack(expected));
}

TEST(shard, drains_everything_and_answers) {
  shard_rig rig;
  rig.config->shards.snapshot_after_ms = 1'000'000;
  rig.start();
  for (int i = 0; i < 50; ++i) rig.publish(seen("u" + std::to_string(i % 7), "p", t0 + i, i));
  ASSERT_TRUE(rig.drain());
  EXPECT_EQ(rig.store->position(0), 50);
  EXPECT_EQ(rig.store->users(0), 7U);
  EXPECT_EQ(rig.status().dirty, 0U);
  rig.publish(seen("u1", "p", t0 + 99, 99));
  rig.settle();
  EXPECT_EQ(rig.status().events, 50U); // nothing is accepted any more
  EXPECT_EQ(rig.store->position(0), 50);
  EXPECT_TRUE(rig.drain()); // a second one is answered as well
}

TEST(shard, a_drain_waits_for_users_that_are_still_loaded) {
  shard_rig rig;
  rig.start();
  rig.store->holding = true;
  rig.publish(seen("u", "p", t0, 0));
  const auto one = rig.sys.begin<shard_status>(rig.shard, atom::drain_v);
  const auto two = rig.sys.begin<shard_status>(rig.shard, atom::drain_v);
  rig.run(500);
  EXPECT_FALSE(*one);
  rig.store->holding = false;
  rig.store->release();
  rig.run(500);
  ASSERT_TRUE(*one);
  ASSERT_TRUE(*two);
  EXPECT_TRUE(rig.store->has(0, "u"));
}

TEST(shard, an_erased_user_is_gone_and_a_replay_does_not_bring_them_back) {
  shard_rig rig;
  rig.start();
  rig.publish(seen("u", "p", t0, 0, activity_type::add_to_cart));
  rig.publish(seen("other", "p", t0, 1));
  rig.settle();
  ASSERT_TRUE(rig.store->has(0, "u"));
  EXPECT_EQ(rig.store->due_entries(), 1U);
  rig.publish(erased("u", t0 + 1, 2));
  rig.settle();
  ASSERT_TRUE(rig.stored("u"));
  EXPECT_EQ(rig.stored("u")->total.events, 0U);
  EXPECT_EQ(rig.stored("u")->basket.lines.size(), 0U);
  EXPECT_EQ(rig.store->due_entries(), 1U); // the end of its positions; the cart's is gone
  EXPECT_EQ(rig.told().back().update.kind, session_update::what::forget);

  rig.kill();
  rig.store->commit({0, {}, 0}, [](const error&) {}); // from the first record again
  rig.start();
  rig.settle();
  EXPECT_EQ(rig.status().applied_offset, 2);
  EXPECT_EQ(rig.stored("u")->total.events, 0U);
  EXPECT_EQ(rig.store->due_entries(), 1U);
  EXPECT_TRUE(rig.store->has(0, "other"));
  EXPECT_EQ(rig.told().size(), 3U);
}

/// Of a user who was seen once, and then erased.
void begin_with_erased(shard_rig& rig) {
  rig.start();
  rig.publish(seen("u", "p", t0, 0));
  rig.publish(erased("u", t0 + 1, 1));
  rig.settle();
}

TEST(shard, a_late_copy_of_what_was_before_an_erasure_makes_nobody_known_again) {
  shard_rig rig;
  begin_with_erased(rig);
  rig.restart();
  rig.publish(seen("u", "p", t0, 0));
  rig.settle();
  ASSERT_TRUE(rig.stored("u"));
  EXPECT_EQ(rig.stored("u")->total.events, 0U);
  EXPECT_EQ(rig.told().size(), 2U);
}

TEST(shard, of_an_erased_user_nothing_is_left_after_a_week) {
  shard_rig rig;
  begin_with_erased(rig);
  EXPECT_EQ(rig.store->due_entries(), 1U);
  rig.step(week - minute);
  rig.settle();
  EXPECT_TRUE(rig.store->has(0, "u"));
  rig.step(minute);
  rig.settle();
  EXPECT_FALSE(rig.store->has(0, "u"));
  EXPECT_EQ(rig.store->due_entries(), 0U);
}

TEST(shard, an_erased_user_may_begin_again) {
  shard_rig rig;
  begin_with_erased(rig);
  rig.publish(seen("u", "p", t0 + 2, 2));
  rig.publish(seen("u", "p", t0, 0)); // published again, from before the erasure
  rig.settle();
  ASSERT_TRUE(rig.stored("u"));
  EXPECT_EQ(rig.stored("u")->total.events, 1U);
  EXPECT_EQ(rig.stored("u")->first_seen, t0 + 2);
}

} // namespace
} // namespace riq::testing
