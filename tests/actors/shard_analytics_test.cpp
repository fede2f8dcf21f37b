// What a shard counts, answers, and keeps over a restart.
#include "actors/shard.hpp"

#include <gtest/gtest.h>

#include "tests/actors/numbers.hpp"
#include "tests/actors/shard_rig.hpp"

namespace riq::testing {
namespace {

analytics_bucket numbers_of(shard_rig& rig, std::int64_t from = 0, std::int64_t to = t0 * 2) {
  const auto slice = rig.sys.ask<analytics_slice>(
    rig.shard, ask_analytics{from, to, 0, 0, engine::analytics::all_parts});
  EXPECT_TRUE(bool(slice));
  return slice->points.empty() ? analytics_bucket{} : slice->points[0].counts;
}

std::int64_t views(const analytics_bucket& b) {
  return b.events[static_cast<std::size_t>(event_kind::view)];
}

TEST(shard_analytics, counts_what_was_applied_and_no_duplicate) {
  shard_rig rig;
  rig.start();
  for (int i = 0; i < 6; ++i) rig.publish(seen("u" + std::to_string(i % 2), "p", t0 + i, i));
  rig.publish(seen("u0", "p", t0 + 1, 3)); // a source offset that was applied
  rig.publish(bought("u0", "o1", 40, t0 + 10, 0));
  const auto all = numbers_of(rig);
  EXPECT_EQ(views(all), 6);
  EXPECT_EQ(all.orders, 1);
  EXPECT_EQ(all.revenue, to_micros(40));
}

TEST(shard_analytics, are_stored_with_the_users_and_restored_after_a_kill) {
  shard_rig rig;
  rig.start();
  for (int i = 0; i < 20; ++i) rig.publish(seen("u" + std::to_string(i % 3), "p", t0 + i, i));
  rig.settle();
  const auto before = content_of(rig.state().analytics);
  rig.restart();
  EXPECT_EQ(content_of(rig.state().analytics), before);
  rig.publish(seen("u0", "q", t0 + 30, 30));
  EXPECT_EQ(views(numbers_of(rig)), 21);
}

TEST(shard_analytics, users_stored_ahead_of_the_position_count_once_after_a_kill) {
  shard_rig rig;
  rig.start();
  rig.publish(seen("early", "p", t0, 0));
  rig.run(900);
  for (int i = 1; i < 8; ++i) rig.publish(seen("late" + std::to_string(i), "p", t0 + i, i));
  rig.run(400); // `early` is stored, the others only counted or not even that
  ASSERT_TRUE(rig.stored("early"));
  ASSERT_FALSE(rig.stored("late1"));
  rig.restart();
  EXPECT_EQ(views(numbers_of(rig)), 8);
  ASSERT_TRUE(rig.drain());
  EXPECT_EQ(
    content_of(numbers_in(*rig.store)),
    content_of(count_all(rig.log->records(topics::processed_events), rig.config->features)));
}

TEST(shard_analytics, a_commit_that_fails_is_made_up_for) {
  shard_rig rig;
  rig.start();
  rig.store->failing = {ec::storage, "", "commits fail"};
  for (int i = 0; i < 5; ++i) rig.publish(seen("u", "p", t0 + i, i));
  rig.settle();
  EXPECT_TRUE(rig.store->own_entries(0).empty());
  rig.store->failing = {};
  rig.settle();
  EXPECT_EQ(content_of(numbers_in(*rig.store)), content_of(rig.state().analytics));
}

TEST(shard_analytics, only_what_changed_is_written) {
  shard_rig rig;
  rig.start();
  rig.publish(seen("u", "p", t0, 0));
  rig.publish(seen("u", "p", t0 + 10 * minute, 1));
  rig.settle();
  const auto keys = rig.store->own_entries(0);
  const auto first = std::next(keys.begin()); // the cohort is before it
  rig.store->put(0, first->first, "not written again");
  rig.publish(seen("u", "p", t0 + 10 * minute + 1, 2));
  rig.settle();
  EXPECT_EQ(rig.store->own_entries(0).at(first->first), "not written again");
}

TEST(shard_analytics, answer_not_ready_until_they_are_loaded) {
  shard_rig rig;
  rig.store->refusing = {ec::queue_full, "", "full"};
  rig.start();
  rig.sys.drain();
  const auto refused = rig.sys.ask<analytics_slice>(rig.shard, ask_analytics{});
  ASSERT_FALSE(bool(refused));
  EXPECT_EQ(refused.error().code, ec::not_ready);
  EXPECT_FALSE(rig.status().ready);
  rig.store->refusing = {};
  rig.run(100);
  EXPECT_TRUE(rig.status().ready);
  EXPECT_TRUE(bool(rig.sys.ask<analytics_slice>(rig.shard, ask_analytics{})));
}

TEST(shard_analytics, a_list_is_served_and_the_items_in_it_clicked_and_converted) {
  shard_rig rig;
  auto model = std::make_shared<engine::shared_model>(rig.config->model);
  for (const auto* id : {"p1", "p2", "p3"}) {
    session_update u;
    u.user_key = 1;
    u.session_key = 2;
    u.time = t0;
    u.product_id = id;
    u.category = "shoes";
    model->items.apply(u);
  }
  model->epoch = 1;
  rig.model->publish(model);
  rig.start();
  recommend q;
  q.of.user_id = "u";
  ASSERT_TRUE(bool(rig.ask(q)));
  ASSERT_TRUE(bool(rig.ask(q))); // the kept list, shown again
  rig.step(50);
  auto all = numbers_of(rig);
  EXPECT_EQ(all.lists, 2);
  EXPECT_EQ(all.shown.served, 6);
  rig.publish(seen("u", "p1", wall_now, 0));
  rig.publish(seen("u", "p1", wall_now, 1)); // of the same list: once
  rig.publish(seen("u", "p1", wall_now, 2, activity_type::add_to_cart));
  rig.publish(seen("u", "unknown", wall_now, 3));
  rig.publish(seen("u", "p2", wall_now + 31 * minute, 4)); // too late
  all = numbers_of(rig);
  EXPECT_EQ(all.shown.clicked, 1);
  EXPECT_EQ(all.shown.converted, 1);
  std::int64_t by_reason = 0;
  for (const auto& r : all.by_reason) by_reason += r.served;
  EXPECT_EQ(by_reason, 6);
}

TEST(shard_analytics, a_user_who_was_shown_a_list_lives_through_facts_of_the_shops_doing) {
  shard_rig rig;
  auto model = std::make_shared<engine::shared_model>(rig.config->model);
  item known;
  known.product_id = "p1";
  model->items.put(known);
  model->epoch = 1;
  rig.model->publish(model);
  rig.start();
  rig.publish(seen("u", "p2", wall_now, 0));
  recommend q;
  q.of.user_id = "u";
  ASSERT_TRUE(bool(rig.ask(q)));
  const decltype(event::what) facts[] = {trigger_fired{}, offer_expired{},  offer_redeemed{},
                                         offer_served{},  offer_rewarded{}, cart_abandoned{},
                                         order{}};
  std::int64_t n = 1;
  for (const auto& fact : facts) {
    auto e = seen("u", "", wall_now, n);
    e.id = "fact " + std::to_string(n++);
    e.what = fact;
    rig.publish(e);
    EXPECT_TRUE(bool(rig.ask(features_of("u")))) << fact.index();
  }
  EXPECT_EQ(rig.status().failure, "");
}

} // namespace
} // namespace riq::testing
