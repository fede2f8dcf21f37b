// Delivery to a target: signed, retried, broken off, buried; at least once, and slow for nobody
// else.
#include "actors/webhook.hpp"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "actors/webhook_call.hpp"
#include "messages/json.hpp"
#include "messages/topics.hpp"
#include "tests/support/deterministic_system.hpp"
#include "tests/support/memory_log.hpp"

namespace riq::testing {
namespace {

using ::testing::HasSubstr;

std::int64_t wall_time = 1'700'000'000'000;
std::int64_t webhook_wall() {
  return wall_time;
}

/// Keeps the calls until the test answers them.
struct held_calls final : webhook_client {
  struct held {
    webhook_call call;
    std::function<void(webhook_answer)> done;
  };
  std::vector<held> open;
  std::vector<webhook_call> all;

  void post(webhook_call call, std::function<void(webhook_answer)> done) override {
    all.push_back(call);
    open.push_back({std::move(call), std::move(done)});
  }
  std::string header(std::size_t i, const std::string& name) const {
    for (const auto& [key, value] : all.at(i).headers)
      if (key == name) return value;
    return {};
  }
};

class webhook_test : public ::testing::Test {
 protected:
  webhook_test() {
    wall_time = 1'700'000'000'000;
    for (const auto topic :
         {topics::retargeting_triggers, topics::trigger_outcomes, topics::dead_letters})
      log->ensure_topic({.name = std::string{topic}, .partitions = 1});
    target.name = "shop";
    target.url = "http://shop/hook";
    target.secret = "0123456789abcdef";
    target.max_attempts = 3;
    target.in_flight = 2;
    target.breaker_failures = 100;
    start();
  }

  void start() {
    webhook_config c;
    c.target = target;
    c.log = log;
    c.client = client;
    c.wall = webhook_wall;
    c.ticking = false;
    actor = sys.spawn(webhook, std::move(c));
    own({});
  }
  void own(const caf::actor& shard) {
    caf::anon_send(actor, atom::follow_v, std::int32_t{0}, shard);
    sys.drain();
  }
  void restart() {
    actor = webhook_actor{};
    sys.kill_all();
    client->open.clear();
    start();
  }

  static storage::outgoing_record trigger(int number, const std::string& targets = R"(["shop"])",
                                          const std::string& user = "u") {
    storage::outgoing_record r;
    r.topic = topics::retargeting_triggers;
    r.key = user;
    r.partition = 0;
    r.timestamp = wall_time;
    r.value = R"({"id":"t0-)" + std::to_string(number) + R"(","targets":)" + targets + "}";
    return r;
  }
  template <class... Ts>
  void fire(Ts&&... of) {
    append(trigger(std::forward<Ts>(of)...));
  }
  void append(storage::outgoing_record r) {
    put(std::move(r));
    sys.drain();
  }
  void put(storage::outgoing_record r) {
    std::vector<storage::outgoing_record> records;
    records.push_back(std::move(r));
    log->append(std::move(records), storage::durability::relaxed, {});
  }

  void answer_oldest(unsigned status) {
    ASSERT_FALSE(client->open.empty());
    auto h = std::move(client->open.front());
    client->open.erase(client->open.begin());
    h.done({h.call.call, status, status == 0 ? "connecting: refused" : ""});
    sys.drain();
  }

  void pass(std::int64_t ms) {
    wall_time += ms;
    sys.sched.advance_time(std::chrono::milliseconds(ms));
    caf::anon_send(actor, atom::tick_v);
    sys.drain();
  }

  std::int64_t committed() const {
    return log->committed("webhook:shop", {std::string{topics::retargeting_triggers}, 0});
  }
  std::uint64_t unfinished() { return *sys.ask<std::uint64_t>(actor, atom::status_v); }

  webhook_settings target;
  std::shared_ptr<memory_log> log = std::make_shared<memory_log>();
  std::shared_ptr<held_calls> client = std::make_shared<held_calls>();
  deterministic_system sys;
  webhook_actor actor;
};

TEST(webhook_call, is_signed_over_time_and_body) {
  // printf '1700000000.{}' | openssl dgst -sha256 -hmac 0123456789abcdef
  EXPECT_EQ(webhook_signature("0123456789abcdef", 1'700'000'000, "{}"),
            "t=1700000000,v1="
            "e4f8e2ecae2295b2ddb2f0b5584c8275e226c0ebe9b3b819e70156bb67122e3e");
  EXPECT_NE(webhook_signature("0123456789abcdef", 1'700'000'001, "{}").substr(16),
            webhook_signature("0123456789abcdef", 1'700'000'000, "{}").substr(16));
}

TEST(webhook_call, waits_longer_each_time_and_never_the_same) {
  webhook_settings target;
  target.first_backoff_ms = 1'000;
  target.max_backoff_ms = 60'000;
  engine::random_source random{1};
  for (std::uint32_t attempts = 1; attempts < 200; ++attempts) {
    const auto full = std::min<std::int64_t>(
      60'000, attempts > 20 ? 60'000 : std::int64_t{1'000} << (attempts - 1));
    const auto wait = backoff_ms(target, attempts, random);
    EXPECT_GE(wait, full / 2) << attempts;
    EXPECT_LE(wait, full) << attempts;
  }
  EXPECT_NE(backoff_ms(target, 9, random), backoff_ms(target, 9, random));
}

TEST_F(webhook_test, delivers_and_remembers_that_it_did) {
  fire(5);
  ASSERT_EQ(client->all.size(), 1U);
  EXPECT_EQ(client->header(0, "Idempotency-Key"), "t0-5");
  EXPECT_EQ(client->header(0, "X-RetargetIQ-Signature"),
            webhook_signature(target.secret, wall_time / 1'000, client->all[0].body));
  pass(100);
  EXPECT_EQ(committed(), 0);
  answer_oldest(204);
  pass(100);
  EXPECT_EQ(committed(), 1);
  const auto& outcomes = log->records(topics::trigger_outcomes);
  ASSERT_EQ(outcomes.size(), 1U);
  EXPECT_THAT(outcomes[0].value, HasSubstr(R"("kind":"delivered","target":"shop")"));
  restart();
  pass(100);
  EXPECT_EQ(client->all.size(), 1U);
}

TEST_F(webhook_test, what_names_another_target_is_not_its_business) {
  fire(1, R"(["crm"])");
  fire(2, "[]");
  pass(100);
  EXPECT_TRUE(client->all.empty());
  EXPECT_EQ(committed(), 2);
}

TEST_F(webhook_test, a_shards_repetition_is_delivered_once) {
  fire(1);
  fire(1);
  answer_oldest(200);
  pass(100);
  restart();
  fire(1);
  EXPECT_EQ(client->all.size(), 1U);
}

TEST_F(webhook_test, tries_again_later_under_the_same_key) {
  fire(1);
  answer_oldest(500);
  EXPECT_TRUE(client->open.empty());
  pass(target.first_backoff_ms);
  ASSERT_EQ(client->open.size(), 1U);
  EXPECT_EQ(client->header(1, "Idempotency-Key"), "t0-1");
  EXPECT_EQ(client->header(1, "X-RetargetIQ-Attempt"), "2");
  answer_oldest(200);
  EXPECT_EQ(unfinished(), 0U);
}

TEST_F(webhook_test, after_the_last_try_it_is_a_dead_letter_and_can_be_sent_again) {
  fire(1);
  for (int i = 0; i < 3; ++i) {
    pass(target.max_backoff_ms);
    answer_oldest(0);
  }
  pass(100);
  EXPECT_EQ(client->all.size(), 3U);
  EXPECT_EQ(committed(), 1);
  const auto& dead = log->records(topics::dead_letters);
  ASSERT_EQ(dead.size(), 1U);
  EXPECT_EQ(dead[0].value, client->all[0].body);
  std::string detail;
  for (const auto& [key, value] : dead[0].headers)
    if (key == headers::detail) detail = value;
  EXPECT_EQ(detail, "shop: connecting: refused after 3 tries");
  storage::outgoing_record again;
  again.topic = topics::retargeting_triggers;
  again.key = "u";
  again.partition = 0;
  again.timestamp = wall_time;
  again.value = dead[0].value;
  again.headers = {{std::string{headers::target}, "shop"}};
  append(std::move(again));
  EXPECT_EQ(client->all.size(), 4U);
}

TEST_F(webhook_test, a_dead_letter_that_cannot_be_kept_is_not_lost) {
  fire(1);
  for (int i = 0; i < 2; ++i) {
    answer_oldest(500);
    pass(target.max_backoff_ms);
  }
  log->failing = {ec::disk_full, "", "full"};
  answer_oldest(500);
  EXPECT_EQ(unfinished(), 1U);
  EXPECT_EQ(committed(), 0);
  log->failing = {};
  pass(target.max_backoff_ms);
  answer_oldest(200);
  EXPECT_EQ(unfinished(), 0U);
}

TEST_F(webhook_test, what_is_too_old_is_not_tried_any_more) {
  fire(1);
  answer_oldest(500);
  pass(std::int64_t{target.give_up_after_min} * 60'000 + 1);
  EXPECT_EQ(client->all.size(), 1U);
  EXPECT_EQ(log->records(topics::dead_letters).size(), 1U);
}

TEST_F(webhook_test, unfinished_ones_are_tried_again_after_a_restart) {
  fire(1);
  fire(2);
  auto second = std::move(client->open.at(1));
  client->open.erase(client->open.begin() + 1);
  second.done({second.call.call, 200, ""});
  sys.drain();
  pass(100);
  EXPECT_EQ(committed(), 0); // the first is not finished
  restart();
  ASSERT_GE(client->open.size(), 1U);
  EXPECT_EQ(client->header(2, "Idempotency-Key"), "t0-1");
}

TEST_F(webhook_test, holds_few_calls_and_few_triggers) {
  for (int i = 0; i < 5'000; ++i) fire(i);
  EXPECT_EQ(client->open.size(), 2U);
  EXPECT_LE(unfinished(), 512U);
  std::size_t delivered = 0;
  while (!client->open.empty()) {
    answer_oldest(200);
    ++delivered;
  }
  EXPECT_EQ(delivered, 5'000U);
  pass(100);
  EXPECT_EQ(committed(), 5'000);
}

TEST_F(webhook_test, a_target_that_fails_is_left_alone_and_then_asked_by_one_call) {
  target.breaker_failures = 3;
  target.max_attempts = 50;
  restart();
  for (int i = 1; i <= 10; ++i) fire(i);
  for (int i = 0; i < 3; ++i) answer_oldest(503);
  while (!client->open.empty()) answer_oldest(503);
  const auto calls = client->all.size();
  pass(target.breaker_open_ms - 1'000);
  EXPECT_EQ(client->all.size(), calls);
  pass(1'000);
  EXPECT_EQ(client->open.size(), 1U);
  answer_oldest(503);
  EXPECT_TRUE(client->open.empty());
  pass(target.breaker_open_ms);
  answer_oldest(200);
  EXPECT_EQ(client->open.size(), 2U); // closed: as many as allowed
}

TEST_F(webhook_test, what_belongs_to_a_shard_that_has_left_is_anothers) {
  const auto shard =
    sys.spawn([](caf::event_based_actor*, int) -> caf::behavior { return {[](int) {}}; }, 0);
  own(shard);
  fire(1);
  fire(2);
  fire(3); // one more than may be called at once
  ASSERT_EQ(client->open.size(), 2U);
  caf::anon_send_exit(shard, caf::exit_reason::user_shutdown);
  sys.drain();
  EXPECT_EQ(unfinished(), 0U);
  answer_oldest(200);
  answer_oldest(200);
  fire(4);
  pass(100);
  EXPECT_TRUE(client->open.empty());
  EXPECT_EQ(committed(), 0);
  own({}); // it comes back
  EXPECT_EQ(client->open.size(), 2U);
  EXPECT_EQ(client->header(2, "Idempotency-Key"), "t0-1");
}

TEST_F(webhook_test, what_was_read_for_the_shards_last_life_hides_nothing_from_its_next) {
  fire(1);
  fire(2);
  caf::anon_send(actor, atom::follow_v, std::int32_t{0}, caf::actor{}); // the shard is back …
  put(trigger(3)); // … and this comes behind, from the subscription of before
  sys.drain();
  while (!client->open.empty()) answer_oldest(200);
  std::set<std::string> keys;
  for (std::size_t i = 2; i < client->all.size(); ++i)
    keys.insert(client->header(i, "Idempotency-Key"));
  EXPECT_EQ(keys, (std::set<std::string>{"t0-1", "t0-2", "t0-3"}));
  EXPECT_EQ(client->all.size(), 5U);
  pass(100);
  EXPECT_EQ(committed(), 3);
}

TEST_F(webhook_test, who_is_erased_is_not_told_of) {
  target.in_flight = 1;
  restart();
  fire(1, R"(["shop"])", "a");
  fire(2, R"(["shop"])", "b");
  storage::outgoing_record tombstone;
  tombstone.topic = topics::retargeting_triggers;
  tombstone.key = "b";
  tombstone.partition = 0;
  tombstone.tombstone = true;
  append(std::move(tombstone));
  answer_oldest(200);
  EXPECT_TRUE(client->open.empty());
  pass(100);
  EXPECT_EQ(committed(), 3);
}

} // namespace
} // namespace riq::testing
