// Triggers through the shard: what fires is a fact in the log and a record in
// `retargeting-triggers`, once in effect over passivation, restarts and refused writes.
#include "actors/shard.hpp"

#include <map>
#include <random>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include "messages/json.hpp"
#include "tests/actors/shard_rig.hpp"

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

/// The JSON's text member.
std::string member(const std::string& json, const char* name) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  std::string_view text;
  std::uint64_t number = 0;
  if (parser.parse(json).get(root) != simdjson::SUCCESS) return "?";
  if (root[name].get(text) == simdjson::SUCCESS) return std::string{text};
  return root[name].get(number) == simdjson::SUCCESS ? std::to_string(number) : "?";
}

/// What receivers that drop repetitions of an id have, by id.
std::map<std::string, std::string> published(shard_rig& rig) {
  std::map<std::string, std::string> out;
  for (const auto& r : rig.log->records(topics::retargeting_triggers)) {
    if (r.tombstone) continue;
    const auto [at, is_new] = out.emplace(member(r.value, "id"), r.value);
    EXPECT_EQ(at->second, r.value) << "a repetition differs";
  }
  return out;
}

class shard_triggers : public ::testing::Test {
 protected:
  shard_triggers() {
    rig.config->triggers.max_per_user_day = 0;
    rig.config->triggers.max_per_user_week = 0;
    rig.config->campaigns = settings::defaults_campaigns();
    rig.use({cart_steps()});
  }

  void pass(std::int64_t ms) {
    for (; ms > 0; ms -= 10'000) rig.step(10'000);
  }

  shard_rig rig;
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

class shard_items : public shard_triggers {
 protected:
  shard_items() {
    rig.log->ensure_topic({.name = std::string{topics::item_updates}, .partitions = 1});
    trigger_rule_settings drop;
    drop.id = "drop";
    drop.kind = trigger_kind::price_drop;
    trigger_rule_settings back;
    back.id = "back";
    back.kind = trigger_kind::back_in_stock;
    rig.use({drop, back});
  }

  void put(double price, bool in_stock = true) {
    item i;
    i.product_id = "p";
    i.price = price;
    i.in_stock = in_stock;
    auto next = std::make_shared<engine::shared_model>(rig.config->model);
    next->items.put(i);
    rig.model->publish(next);
    storage::outgoing_record r;
    r.topic = topics::item_updates;
    r.key = "p";
    r.value = to_json(i);
    std::vector<storage::outgoing_record> records;
    records.push_back(std::move(r));
    rig.log->append(std::move(records), storage::durability::synced, {});
    rig.sys.drain();
    rig.run(500);
  }
};

TEST_F(shard_items, a_price_drop_reaches_who_looked_and_nobody_else) {
  rig.start();
  rig.publish(seen("u", "p", t0, 0)); // at 999
  rig.publish(seen("v", "q", t0, 1));
  put(998);
  EXPECT_TRUE(published(rig).empty());
  put(800);
  ASSERT_EQ(published(rig).size(), 1U);
  EXPECT_EQ(member(published(rig).begin()->second, "userId"), "u");
  put(800);
  EXPECT_EQ(published(rig).size(), 1U);
}

TEST_F(shard_items, a_user_on_disk_is_found_after_a_restart) {
  rig.start();
  rig.publish(seen("u", "p", t0, 0));
  pass(20 * minute);
  ASSERT_FALSE(rig.resident("u"));
  rig.restart();
  rig.run(500);
  EXPECT_EQ(rig.status().interests, 1U);
  put(800);
  EXPECT_EQ(published(rig).size(), 1U);
}

TEST_F(shard_items, what_changed_while_the_node_was_down_is_not_missed_and_not_repeated) {
  rig.start();
  rig.publish(seen("u", "p", t0, 0));
  put(999, false); // sold out
  pass(20 * minute);
  rig.kill();
  item i;
  i.product_id = "p";
  i.price = 700;
  storage::outgoing_record r;
  r.topic = topics::item_updates;
  r.key = "p";
  r.value = to_json(i);
  std::vector<storage::outgoing_record> records;
  records.push_back(std::move(r));
  rig.log->append(std::move(records), storage::durability::synced, {});
  rig.start();
  rig.run(2'000);
  EXPECT_EQ(published(rig).size(), 2U); // cheaper, and back
  for (int n = 0; n < 3; ++n) {
    rig.restart();
    rig.run(2'000);
  }
  EXPECT_EQ(published(rig).size(), 2U);
}

} // namespace
} // namespace riq::testing
