#include "actors/item_model.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "messages/msgpack.hpp"
#include "messages/topics.hpp"
#include "tests/support/deterministic_system.hpp"
#include "tests/support/events.hpp"
#include "tests/support/memory_log.hpp"

namespace riq::testing {
namespace {

using ::testing::HasSubstr;

class item_model_test : public ::testing::Test {
 protected:
  item_model_test() {
    config->model.max_items = 1'000;
    config->model.max_sessions = 1'000;
    log->ensure_topic({.name = std::string{topics::session_updates}, .partitions = 2});
    log->ensure_topic({.name = std::string{topics::item_updates}, .partitions = 2});
  }

  void start() {
    model_config c;
    c.config = config;
    c.log = log;
    c.source = source;
    model = sys.spawn(riq::item_model, c);
  }

  void restart() {
    sys.kill_all();
    source = std::make_shared<engine::model_source>();
    start();
  }

  std::int64_t put(const std::string& id, const std::string& json, bool tombstone = false) {
    storage::outgoing_record r;
    r.topic = topics::item_updates;
    r.key = id;
    r.value = json;
    r.tombstone = tombstone;
    std::int64_t offset = -1;
    log->append({r}, storage::durability::synced, [&](auto offsets) { offset = offsets->front(); });
    sys.drain();
    return offset;
  }

  void tell(std::vector<std::pair<std::int64_t, std::string>> views, std::int32_t partition = 0) {
    std::vector<numbered_update> list;
    for (auto& [offset, product] : views) {
      numbered_update u;
      u.offset = offset;
      u.update.product_id = product;
      u.update.time = t0 + offset;
      u.update.user_key = 1;
      u.update.session_key = 1;
      list.push_back(std::move(u));
    }
    storage::outgoing_record r;
    r.topic = topics::session_updates;
    r.partition = partition;
    r.value = to_msgpack(list);
    log->append({r}, storage::durability::relaxed, {});
    sys.drain();
  }

  void pass(std::int64_t ms) { sys.advance(std::chrono::milliseconds(ms)); }

  result<answer> get(const std::string& id, std::int64_t after = -1) {
    return sys.ask<answer>(model, get_item{id, after});
  }
  double views(const std::string& id) {
    const auto known = source->get();
    return known->items.counts(id, known->stream_time).value_or(engine::item_counts{}).views;
  }
  model_status status() { return *sys.ask<model_status>(model, atom::status_v); }

  std::shared_ptr<settings> config = std::make_shared<settings>();
  std::shared_ptr<memory_log> log = std::make_shared<memory_log>();
  std::shared_ptr<engine::model_source> source = std::make_shared<engine::model_source>();
  deterministic_system sys;
  model_actor model;
};

TEST_F(item_model_test, there_is_a_model_from_the_start) {
  start();
  ASSERT_NE(source->get(), nullptr);
  EXPECT_EQ(source->epoch(), 0U);
  EXPECT_TRUE(status().ready);
}

TEST_F(item_model_test, publishes_an_epoch_when_something_changed) {
  start();
  pass(1'000);
  EXPECT_EQ(source->epoch(), 0U);
  tell({{0, "p"}});
  pass(1'000);
  const auto epoch = source->epoch();
  EXPECT_GT(epoch, 0U);
  EXPECT_NE(source->get()->items.find("p"), nullptr);
  EXPECT_EQ(source->get()->stream_time, t0);
  EXPECT_EQ(source->get()->epoch, epoch);
  pass(1'000);
  EXPECT_EQ(source->epoch(), epoch);
}

TEST_F(item_model_test, epochs_keep_their_distance) {
  start();
  tell({{0, "p"}});
  pass(1'000);
  const auto epoch = source->epoch();
  tell({{1, "q"}});
  pass(config->model.publish_every_ms / 2);
  tell({{2, "r"}});
  const auto soon = source->epoch();
  pass(20); // the next look
  EXPECT_LE(soon, epoch + 1);
  EXPECT_NE(source->get()->items.find("r"), nullptr);
}

TEST_F(item_model_test, looks_again_only_while_something_waits) {
  start();
  EXPECT_FALSE(sys.has_timers());
  tell({{0, "p"}});
  pass(1'000);
  EXPECT_FALSE(sys.has_timers());
  tell({{1, "q"}});
  tell({{2, "r"}});
  EXPECT_TRUE(sys.has_timers()) << "the epochs keep their distance";
  pass(1'000);
  EXPECT_NE(source->get()->items.find("r"), nullptr);
  EXPECT_FALSE(sys.has_timers());
  const auto slot = sys.begin<answer>(model, get_item{"p", 0});
  sys.drain();
  EXPECT_TRUE(sys.has_timers()) << "a question has a deadline";
  pass(config->http.after_wait_ms + 100);
  EXPECT_TRUE(*slot);
  EXPECT_FALSE(sys.has_timers());
}

TEST_F(item_model_test, changes_wait_for_the_last_reader_of_an_old_epoch) {
  start();
  tell({{0, "p"}});
  pass(1'000);
  auto held = source->get();
  tell({{1, "q"}});
  pass(1'000);
  tell({{2, "r"}});
  pass(1'000);
  EXPECT_EQ(source->get()->items.find("r"), nullptr);
  held.reset();
  pass(100);
  EXPECT_NE(source->get()->items.find("r"), nullptr);
}

TEST_F(item_model_test, what_a_shard_repeats_counts_once) {
  start();
  tell({{0, "p"}, {1, "p"}, {1, "q"}});
  tell({{1, "p"}, {1, "q"}, {2, "p"}}); // a replay in other batches
  tell({{0, "p"}}, 1);                  // another shard's numbers are its own
  pass(1'000);
  EXPECT_NEAR(views("p"), 4, 0.01);
  EXPECT_NEAR(views("q"), 1, 0.01);
  EXPECT_EQ(status().updates, 5U);
}

TEST_F(item_model_test, an_old_epoch_stays_as_it_was) {
  start();
  tell({{0, "p"}});
  pass(1'000);
  const auto old = source->get();
  tell({{1, "q"}});
  pass(1'000);
  tell({{2, "r"}});
  pass(1'000);
  EXPECT_EQ(old->items.find("q"), nullptr);
  EXPECT_EQ(old->items.find("r"), nullptr);
}

TEST_F(item_model_test, the_catalogue_is_answered_at_once) {
  start();
  const auto offset = put("p", R"({"title":"A thing","category":"Toys","price":12})");
  const auto a = get("p", offset);
  ASSERT_TRUE(a);
  EXPECT_THAT(a->body, HasSubstr("\"title\":\"A thing\""));
  EXPECT_THAT(a->body, HasSubstr("\"counts\":{"));
  const auto none = get("unknown");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ec::not_found);
}

TEST_F(item_model_test, a_tombstone_removes) {
  start();
  put("p", R"({"title":"A thing"})");
  ASSERT_TRUE(get("p"));
  put("p", "", true);
  EXPECT_FALSE(get("p"));
  pass(1'000);
  EXPECT_EQ(source->get()->items.find("p"), nullptr);
}

TEST_F(item_model_test, a_question_waits_for_its_position) {
  start();
  const auto slot = sys.begin<answer>(model, get_item{"p", 0});
  pass(50);
  EXPECT_FALSE(*slot);
  EXPECT_EQ(put("p", R"({"title":"A thing"})"), 0);
  pass(20);
  ASSERT_TRUE(*slot && **slot);
  EXPECT_THAT((**slot)->body, HasSubstr("A thing"));
}

TEST_F(item_model_test, a_wait_ends) {
  start();
  put("p", R"({"title":"A thing"})");
  const auto slot = sys.begin<answer>(model, get_item{"p", 100});
  sys.drain();
  pass(config->http.after_wait_ms - 10);
  EXPECT_FALSE(*slot);
  pass(20);
  ASSERT_TRUE(*slot);
  EXPECT_TRUE(**slot);
}

TEST_F(item_model_test, a_reader_that_never_lets_go_keeps_nobody_waiting_for_ever) {
  start();
  put("p", R"({"title":"first"})");
  pass(1'000);
  const auto reader = source->get();
  put("p", R"({"title":"second"})");
  pass(1'000); // published: now the copy behind is the reader's
  put("p", R"({"title":"third"})");
  const auto slot = sys.begin<answer>(model, get_item{"p"});
  sys.drain();
  EXPECT_FALSE(*slot);
  pass(config->http.after_wait_ms + 10);
  ASSERT_TRUE(*slot && **slot);
  EXPECT_THAT((**slot)->body, HasSubstr("second"));
  EXPECT_EQ(reader->items.find("p")->title, "first");
}

TEST_F(item_model_test, restores_from_the_log_and_says_when) {
  put("p", R"({"title":"A thing"})");
  for (int i = 0; i < 10; ++i) tell({{i, "p"}});
  tell({{9, "p"}, {10, "p"}});
  start();
  EXPECT_TRUE(status().ready);
  pass(1'000);
  EXPECT_NEAR(views("p"), 11, 0.01);
  const auto before = source->get()->items.counts("p", source->get()->stream_time)->views;
  restart();
  pass(1'000);
  EXPECT_EQ(views("p"), before);
  EXPECT_EQ(source->get()->items.find("p")->title, "A thing");
  EXPECT_EQ(status().lag, 0);
}

TEST_F(item_model_test, goes_on_behind_what_it_cannot_read) {
  start();
  put("p", "rubbish");
  storage::outgoing_record r;
  r.topic = topics::session_updates;
  r.partition = 0;
  r.value = "rubbish";
  log->append({r}, storage::durability::relaxed, {});
  tell({{0, "q"}});
  pass(1'000);
  EXPECT_NE(source->get()->items.find("q"), nullptr);
}

TEST_F(item_model_test, a_topic_that_could_not_be_read_is_followed_again) {
  start();
  tell({{0, "p"}});
  log->break_readers(topics::session_updates, {ec::storage, "", "bad block"});
  tell({{1, "p"}});
  pass(500);
  EXPECT_EQ(status().failure, "bad block");
  pass(1'000);
  pass(1'000);
  EXPECT_NEAR(views("p"), 2, 0.01);
  EXPECT_EQ(status().failure, "");
}

} // namespace
} // namespace riq::testing
