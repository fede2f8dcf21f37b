// What the catalogue's changes come to for those who care: decided once, and not missed over
// restarts and refused writes.
#include <gtest/gtest.h>

#include "messages/json.hpp"
#include "tests/actors/trigger_rig.hpp"

namespace riq::testing {
namespace {

class shard_items : public trigger_rig {
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
    append(i);
    rig.sys.drain();
    rig.run(500);
  }
  /// Until it follows the catalogue.
  void start() {
    rig.start();
    rig.run(2'500);
  }
  void append(const item& i) {
    storage::outgoing_record r;
    r.topic = topics::item_updates;
    r.key = i.product_id;
    r.value = to_json(i);
    std::vector<storage::outgoing_record> records;
    records.push_back(std::move(r));
    rig.log->append(std::move(records), storage::durability::synced, {});
  }
};

TEST_F(shard_items, a_price_drop_reaches_who_looked_and_nobody_else) {
  start();
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
  start();
  rig.publish(seen("u", "p", t0, 0));
  pass(20 * minute);
  ASSERT_FALSE(rig.resident("u"));
  rig.restart();
  rig.run(2'500);
  EXPECT_EQ(rig.status().interests, 1U);
  put(800);
  EXPECT_EQ(published(rig).size(), 1U);
}

TEST_F(shard_items, what_changed_while_the_node_was_down_is_not_missed_and_not_repeated) {
  start();
  rig.publish(seen("u", "p", t0, 0));
  put(999, false); // sold out
  pass(20 * minute);
  rig.kill();
  item i;
  i.product_id = "p";
  i.price = 700;
  append(i);
  start();
  rig.run(2'000);
  EXPECT_EQ(published(rig).size(), 2U); // cheaper, and back
  for (int n = 0; n < 3; ++n) {
    rig.restart();
    rig.run(4'000);
  }
  EXPECT_EQ(published(rig).size(), 2U);
}

TEST_F(shard_items, what_is_out_of_stock_is_forgotten_with_the_item_and_with_who_cared) {
  start();
  rig.publish(seen("u", "p", t0, 0));
  put(999, false);
  EXPECT_EQ(rig.state().absent.size(), 1U);
  storage::outgoing_record gone;
  gone.topic = topics::item_updates;
  gone.key = "p";
  gone.tombstone = true;
  std::vector<storage::outgoing_record> records;
  records.push_back(std::move(gone));
  rig.log->append(std::move(records), storage::durability::synced, {});
  rig.sys.drain();
  EXPECT_EQ(rig.state().absent.size(), 0U);
  put(999, false);
  EXPECT_EQ(rig.state().absent.size(), 1U);
  rig.publish(erased("u", t0 + 1, 1));
  rig.settle();
  EXPECT_EQ(rig.state().absent.size(), 0U);
}

TEST_F(shard_items, a_decision_that_was_not_kept_is_made_again_whatever_else_was_on_its_way) {
  start();
  rig.publish(seen("u", "p", t0, 0));
  rig.publish(seen("v", "q", t0, 1));
  rig.settle(); // the place in the catalogue's log is stored
  const auto cheap = [](const char* product) {
    item i;
    i.product_id = product;
    i.price = 700;
    return i;
  };
  rig.log->holding = true;
  append(cheap("p"));
  rig.log->losing = {ec::storage, "", "lost"};
  rig.sys.drain();
  rig.log->losing = {};
  rig.log->holding = false;
  rig.log->release(); // the shard hears of the loss …
  append(cheap("q")); // … and then what it was reading when it had not heard
  rig.sys.drain();
  rig.run(500);
  EXPECT_EQ(published(rig).size(), 2U);
}

} // namespace
} // namespace riq::testing
