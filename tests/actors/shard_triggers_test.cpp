// Triggers through the shard: what fires is a fact in the log and a record in
// `retargeting-triggers`, once in effect over passivation, restarts and refused writes.
#include <map>
#include <random>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/actors/trigger_rig.hpp"

namespace riq::testing {
namespace {

using ::testing::HasSubstr;

constexpr std::int64_t hour = 60 * minute;

event put_in_cart(const std::string& user, std::int64_t time, std::int64_t offset,
                  const std::string& product = "p") {
  return seen(user, product, time, offset, activity_type::add_to_cart);
}

trigger_rule_settings cart_steps() {
  trigger_rule_settings r;
  r.id = "cart";
  r.after = {"30m", "24h", "72h"};
  return r;
}

class shard_triggers : public trigger_rig {
 protected:
  shard_triggers() { rig.use({cart_steps()}); }
};

TEST_F(shard_triggers, three_steps_each_once_for_a_user_who_left_memory) {
  rig.start();
  rig.publish(put_in_cart("u", t0, 0));
  pass(25 * minute);
  ASSERT_FALSE(rig.resident("u"));
  EXPECT_TRUE(published(rig).empty());
  pass(6 * minute);
  ASSERT_EQ(published(rig).size(), 1U);
  const auto first = published(rig).begin()->second;
  EXPECT_EQ(member(first, "userId"), "u");
  EXPECT_EQ(member(first, "rule"), "cart");
  EXPECT_EQ(member(first, "step"), "1");
  EXPECT_THAT(first, HasSubstr(R"("productId":"p")"));
  EXPECT_THAT(first, HasSubstr("left in the cart"));
  pass(75 * hour);
  EXPECT_EQ(published(rig).size(), 3U);
  EXPECT_EQ(rig.store->due_entries(), 0U);
  EXPECT_EQ(rig.status().triggers_fired, 3U);
  // The feature that analytics reads is not touched by it.
  EXPECT_EQ(rig.stored("u")->basket.abandonments, 1U);
}

TEST_F(shard_triggers, an_order_cancels_what_is_left) {
  rig.start();
  rig.publish(put_in_cart("u", t0, 0));
  pass(31 * minute);
  rig.publish(bought("u", "o1", 10, wall_now, 0));
  pass(80 * hour);
  EXPECT_EQ(published(rig).size(), 1U);
  // And it is the trigger's conversion.
  const auto& outcomes = rig.log->records(topics::trigger_outcomes);
  ASSERT_EQ(outcomes.size(), 1U);
  EXPECT_EQ(member(outcomes[0].value, "kind"), "converted");
  EXPECT_EQ(member(outcomes[0].value, "orderId"), "o1");
  EXPECT_EQ(member(outcomes[0].value, "eventId"), "order:o1:COMPLETED");
  EXPECT_EQ(outcomes[0].key, published(rig).begin()->first);
}

TEST_F(shard_triggers, it_carries_an_offer_that_goes_the_way_of_every_offer) {
  auto r = cart_steps();
  r.campaign = "default";
  rig.use({r});
  rig.start();
  rig.publish(put_in_cart("u", t0, 0));
  pass(31 * minute);
  ASSERT_EQ(published(rig).size(), 1U);
  EXPECT_THAT(published(rig).begin()->second, HasSubstr(R"("decisionId":)"));
  const auto& decisions = rig.log->records(topics::offer_decisions);
  ASSERT_EQ(decisions.size(), 1U);
  const auto e = from_msgpack<event>(decisions[0].value);
  ASSERT_TRUE(e);
  const auto& served = std::get<offer_served>(e->what);
  EXPECT_THAT(published(rig).begin()->second, HasSubstr(served.decision_id));
  ASSERT_TRUE(rig.drain());
  EXPECT_EQ(rig.stored("u")->triggers->contacts.at(0).decision_id, served.decision_id);
}

TEST_F(shard_triggers, after_a_long_stop_late_ones_are_skipped_and_counted) {
  rig.start();
  rig.publish(put_in_cart("u", t0, 0));
  rig.settle();
  rig.kill();
  wall_now = t0 + 10 * hour;
  rig.start();
  pass(2 * minute);
  EXPECT_TRUE(published(rig).empty());
  EXPECT_EQ(rig.status().triggers_skipped, 1U);
  pass(15 * hour);
  EXPECT_EQ(published(rig).size(), 1U);
}

TEST_F(shard_triggers, a_rule_that_is_taken_away_fires_no_more) {
  rig.start();
  rig.publish(put_in_cart("u", t0, 0));
  pass(20 * minute);
  rig.use({});
  pass(2 * hour);
  EXPECT_TRUE(published(rig).empty());
  EXPECT_EQ(rig.store->due_entries(), 0U);
}

TEST_F(shard_triggers, erasing_the_user_tells_the_receivers) {
  rig.start();
  rig.publish(put_in_cart("u", t0, 0));
  pass(31 * minute);
  rig.publish(erased("u", wall_now, 1));
  pass(80 * hour);
  EXPECT_EQ(published(rig).size(), 1U);
  const auto& last = rig.log->records(topics::retargeting_triggers).back();
  EXPECT_TRUE(last.tombstone);
  EXPECT_EQ(last.key, "u");
}

TEST_F(shard_triggers, intent_fires_at_once_and_not_again_in_a_replay) {
  trigger_rule_settings r;
  r.id = "now";
  r.kind = trigger_kind::high_intent;
  r.conditions = {"cart_items >= 2"};
  rig.use({r});
  rig.start();
  rig.publish(put_in_cart("u", t0, 0, "p"));
  EXPECT_TRUE(published(rig).empty());
  rig.publish(put_in_cart("u", t0 + 1, 1, "q"));
  EXPECT_EQ(published(rig).size(), 1U);
  rig.restart(); // nothing was stored: all is applied again
  rig.settle();
  EXPECT_EQ(published(rig).size(), 1U);
}

/// Reminders that carry an offer out of a budget.
class shard_trigger_budgets : public shard_triggers {
 protected:
  shard_trigger_budgets() {
    campaign_settings c;
    c.id = "c";
    c.arms = {{.id = "a"}, {.id = "b"}};
    c.budget = 10;
    rig.config->campaigns = {c};
    rig.config->shards.credit_records = 1; // each record by itself, in a replay, too
    trigger_rule_settings r;
    r.id = "now";
    r.kind = trigger_kind::high_intent;
    r.conditions = {"cart_items >= 1"};
    r.campaign = "c";
    rig.use({r});
    event lease;
    lease.user_id = "budget:c";
    lease.time = t0;
    lease.origin.from = source::internal;
    lease.what = lease_granted{"c", 1, 10'000'000, 1};
    testing::publish(*rig.log, lease);
  }

  std::int64_t spent() {
    const auto* p = rig.state().budgets.purse_of("c");
    return p == nullptr ? -1 : p->spent;
  }
  std::size_t logged() { return rig.log->records(topics::processed_events).size(); }
};

TEST_F(shard_trigger_budgets, a_replay_decides_nothing_again_and_charges_nothing_again) {
  rig.start();
  rig.publish(put_in_cart("u", t0, 0));
  ASSERT_EQ(published(rig).size(), 1U);
  EXPECT_EQ(spent(), 1'000'000);
  const auto before = logged();
  rig.restart(); // nothing was stored: all is applied again
  rig.settle();
  EXPECT_EQ(logged(), before);
  EXPECT_EQ(spent(), 1'000'000);
  EXPECT_EQ(published(rig).size(), 1U);
}

TEST_F(shard_trigger_budgets, what_came_while_nobody_was_there_is_decided_once_all_is_applied) {
  testing::publish(*rig.log, put_in_cart("u", t0, 0));
  testing::publish(*rig.log, seen("u", "q", t0 + 1, 1));
  rig.start();
  rig.settle();
  EXPECT_EQ(published(rig).size(), 1U);
  EXPECT_EQ(spent(), 1'000'000);
  EXPECT_EQ(logged(), 4U); // the lease, two events and one fact
}

TEST_F(shard_trigger_budgets, two_events_before_the_decision_comes_back_cost_one_offer) {
  rig.start();
  testing::publish(*rig.log, put_in_cart("u", t0, 0));
  testing::publish(*rig.log, put_in_cart("u", t0 + 1, 1, "q"));
  rig.sys.drain();
  EXPECT_EQ(logged(), 5U); // it was decided at both
  EXPECT_EQ(published(rig).size(), 1U);
  EXPECT_EQ(spent(), 1'000'000);
}

TEST_F(shard_triggers, timers_wait_until_the_shard_is_ready) {
  rig.start();
  rig.publish(put_in_cart("u", t0, 0));
  rig.settle();
  rig.kill();
  wall_now = t0 + 31 * minute;
  rig.store->holding = true; // the shard's own entries do not come
  rig.start();
  pass(minute);
  EXPECT_EQ(rig.status().wakeups, 0U);
  rig.store->holding = false;
  rig.store->release();
  pass(minute);
  EXPECT_TRUE(rig.status().ready);
  EXPECT_EQ(published(rig).size(), 1U);
}

TEST_F(shard_triggers, ten_thousand_of_one_minute_all_fire_within_the_bound_of_residents) {
  constexpr int users = 10'000;
  rig.resident_users = 1'000;
  rig.start();
  for (int i = 0; i < users; ++i)
    testing::publish(*rig.log, put_in_cart("u" + std::to_string(i), t0 + i, i));
  rig.sys.drain();
  pass(20 * minute);
  std::uint64_t most = 0;
  for (int i = 0; i < 600 && published(rig).size() < users; i += 20) {
    for (int k = 0; k < 20; ++k) {
      rig.step(2'000);
      most = std::max<std::uint64_t>(most, rig.status().resident);
    }
  }
  EXPECT_EQ(published(rig).size(), static_cast<std::size_t>(users));
  EXPECT_LT(most, 4'000U);
}

// Whatever happens in between, and whenever the process dies, each step of each series goes out
// once, under one id, and the users' states are what one thread makes of the log.
TEST_F(shard_triggers, once_over_any_interleaving_of_passivation_restart_and_refused_writes) {
  std::size_t told_in_all = 0;
  for (unsigned seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random{seed};
    const auto pick = [&](unsigned n) { return random() % n; };
    shard_rig r;
    auto& s = r.config->shards;
    s.passivate_after_sec = 1 + pick(600);
    s.snapshot_after_ms = 200 + pick(20'000);
    r.resident_users = 1 + pick(6);
    r.config->triggers.max_per_user_day = 2;
    r.config->triggers.max_per_user_week = 0;
    r.config->campaigns = settings::defaults_campaigns();
    auto cart = cart_steps();
    cart.late_min = 43'200; // a stop of any length delays only
    cart.campaign = pick(2) ? "default" : "";
    trigger_rule_settings browse = cart;
    browse.id = "browse";
    browse.kind = trigger_kind::browse_abandoned;
    browse.after = {"20m"};
    trigger_rule_settings intent;
    intent.id = "intent";
    intent.kind = trigger_kind::high_intent;
    intent.conditions = {"cart_items >= 2"};
    r.use({cart, browse, intent});
    r.start();
    std::int64_t activities = 0;
    std::int64_t order_count = 0;
    for (int step = 0; step < 120; ++step) {
      const auto user = "u" + std::to_string(pick(5));
      switch (pick(9)) {
      case 0:
        r.publish(put_in_cart(user, wall_now, activities++, "p" + std::to_string(pick(4))));
        break;
      case 1:
        r.publish(seen(user, "p" + std::to_string(pick(4)), wall_now, activities++));
        break;
      case 2:
        if (pick(3) == 0) {
          r.publish(bought(user, "o" + std::to_string(order_count), 10, wall_now, order_count));
          ++order_count;
        }
        break;
      case 3:
        r.restart();
        break;
      case 4:
        r.kill();
        wall_now += pick(5) * hour;
        r.start();
        break;
      case 5:
        r.log->failing = {ec::queue_full, "", "full"};
        for (auto n = pick(6); n > 0; --n) r.step(1'000 * (1 + pick(600)));
        r.log->failing = {};
        break;
      case 6:
        r.store->failing = pick(2) ? error{ec::storage, "", "broken"} : error{};
        break;
      default:
        for (auto n = pick(30); n > 0; --n) r.step(1'000 * (1 + pick(600)));
      }
    }
    r.store->failing = {};
    for (int i = 0; i < 200; ++i) r.step(30 * minute);
    ASSERT_TRUE(r.drain());

    std::set<std::string> told;
    std::map<std::pair<std::string, std::int64_t>, int> by_day;
    for (const auto& [id, body] : published(r)) {
      const auto offset = std::stoll(id.substr(id.find('-') + 1));
      const auto e = from_msgpack<event>(
        r.log->records(topics::processed_events)[static_cast<std::size_t>(offset)].value);
      const auto& f = std::get<trigger_fired>(e->what);
      const auto key =
        e->user_id + " " + f.rule + " " + std::to_string(f.step) + " " + std::to_string(f.anchor);
      EXPECT_TRUE(told.insert(key).second) << key << " was told twice";
      ++told_in_all;
      ++by_day[{e->user_id, e->time / (24 * hour)}];
    }
    for (const auto& [day, n] : by_day) EXPECT_LE(n, 2) << day.first;
    const auto expected = replay(r.log->records(topics::processed_events), r.config->features);
    for (const auto& [user, state] : expected) {
      const auto stored = r.stored(user);
      ASSERT_TRUE(stored) << user;
      EXPECT_EQ(to_msgpack(*stored), to_msgpack(state)) << user;
    }
    EXPECT_EQ(r.store->due_entries(), 0U);
  }
  EXPECT_GT(told_in_all, 60U); // else the above has shown nothing
}

} // namespace
} // namespace riq::testing
