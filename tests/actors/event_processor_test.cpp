#include "actors/event_processor.hpp"

#include "actors/dead_letters.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "messages/msgpack.hpp"
#include "messages/topics.hpp"
#include "tests/support/deterministic_system.hpp"
#include "tests/support/memory_log.hpp"

namespace riq::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

constexpr std::int64_t now = 1'700'000'000'000;

struct headers_of {
  record_headers list{{std::string{headers::received}, std::to_string(now)}};
  headers_of& with(std::string_view name, std::string value) {
    list.emplace_back(std::string{name}, std::move(value));
    return *this;
  }
};

std::string view_of(const std::string& user, int n) {
  return R"({"userId":")" + user + R"(","eventType":"VIEW","productId":"p)" + std::to_string(n) +
         R"("})";
}

class event_processor_test : public ::testing::Test {
 protected:
  event_processor_test() {
    for (const auto topic : {topics::user_activity, topics::orders, topics::offer_decisions,
                             topics::processed_events, topics::dead_letters})
      log->ensure_topic({.name = std::string{topic}, .partitions = 1});
  }

  void start() {
    processor_config c;
    c.config = config;
    c.log = log;
    c.countries = std::make_shared<country_lookup>();
    c.bots = engine::bot_patterns::built_in();
    c.wall = [] { return now; };
    c.ticking = false;
    processor = sys.spawn(riq::event_processor, c);
  }

  void post(std::string_view topic, const std::string& key, const std::string& value,
            headers_of with = {}) {
    storage::outgoing_record r;
    r.topic = topic;
    r.key = key;
    r.value = value;
    r.headers = std::move(with.list);
    r.timestamp = now;
    ASSERT_FALSE(log->append({std::move(r)}, storage::durability::synced, {}));
    sys.drain();
  }

  void pass(std::int64_t ms) {
    sys.advance(std::chrono::milliseconds(ms));
    caf::anon_send(processor, atom::tick_v);
    sys.drain();
  }

  std::vector<event> published() {
    std::vector<event> out;
    for (const auto& r : log->records(topics::processed_events)) {
      out.push_back(*from_msgpack<event>(r.value));
      EXPECT_EQ(r.key, out.back().user_id);
    }
    return out;
  }

  const std::vector<log_record>& letters() { return log->records(topics::dead_letters); }

  static std::string header(const log_record& r, std::string_view name) {
    for (const auto& [key, value] : r.headers)
      if (key == name) return value;
    return {};
  }

  processor_status status() { return *sys.ask<processor_status>(processor, atom::status_v); }

  std::int64_t committed(std::string_view topic) {
    return log->committed(processor_group, {std::string{topic}, 0});
  }

  std::shared_ptr<settings> config = std::make_shared<settings>();
  std::shared_ptr<memory_log> log = std::make_shared<memory_log>();
  deterministic_system sys;
  processor_actor processor;
};

TEST_F(event_processor_test, publishes_what_is_right) {
  start();
  post(topics::user_activity, "u", view_of("u", 1),
       headers_of{}
         .with(headers::event_id, "given")
         .with(headers::producer, "import-7")
         .with(headers::sequence, "12"));
  post(
    topics::orders, "u",
    R"({"userId":"u","orderId":"o1","totalAmount":12.5,"items":[{"productId":"p1","quantity":1,"price":12.5}]})");
  const auto events = published();
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].id, "given");
  EXPECT_EQ(events[0].time, now);
  EXPECT_EQ(events[0].origin.from, source::activity);
  EXPECT_EQ(events[0].origin.offset, 0);
  EXPECT_EQ(events[0].origin.producer, "import-7");
  EXPECT_EQ(events[0].origin.sequence, 12);
  EXPECT_EQ(events[1].origin.from, source::order);
  EXPECT_EQ(events[1].origin.offset, 0);
  EXPECT_EQ(std::get<order>(events[1].what).total, 12.5);
  EXPECT_TRUE(letters().empty());
  EXPECT_THAT(status().by_type, ElementsAre(Pair("ORDER", 1), Pair("VIEW", 1)));
  EXPECT_EQ(committed(topics::user_activity), 1);
  EXPECT_EQ(committed(topics::orders), 1);
}

TEST_F(event_processor_test, carries_offers_served_and_rewarded) {
  start();
  event e;
  e.user_id = "u";
  e.id = "d1";
  e.time = now;
  e.what = offer_served{.decision_id = "d1", .campaign = "default", .arm = "a"};
  post(topics::offer_decisions, "u", to_msgpack(e),
       headers_of{}.with(headers::user_agent, "Googlebot/2.1")); // who asked is no matter here
  const auto events = published();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].origin.from, source::offer);
  EXPECT_EQ(events[0].origin.offset, 0);
  EXPECT_EQ(std::get<offer_served>(events[0].what).decision_id, "d1");
}

TEST_F(event_processor_test, a_dead_letter_has_the_original_and_the_reason) {
  start();
  const std::string original = "{\"userId\":\"u\",\x01 broken";
  post(topics::user_activity, "u", original, headers_of{}.with(headers::event_id, "e1"));
  EXPECT_TRUE(published().empty());
  ASSERT_EQ(letters().size(), 1U);
  const auto& letter = letters()[0];
  EXPECT_EQ(letter.key, "u");
  EXPECT_EQ(letter.value, original);
  EXPECT_EQ(header(letter, headers::reason), "invalid");
  EXPECT_NE(header(letter, headers::detail), "");
  EXPECT_EQ(header(letter, headers::event_id), "e1");
  EXPECT_EQ(header(letter, headers::received), std::to_string(now));
  EXPECT_EQ(header(letter, headers::topic), topics::user_activity);
  EXPECT_EQ(header(letter, headers::partition), "0");
  EXPECT_EQ(header(letter, headers::offset), "0");
  EXPECT_EQ(committed(topics::user_activity), 1); // the partition goes on
}

TEST_F(event_processor_test, a_dead_letter_fits_whatever_the_original_was) {
  start();
  const std::string huge(10 << 20, 'x');
  post(topics::user_activity, huge, huge, headers_of{}.with("cookie", huge));
  post(topics::user_activity, "u", view_of("u", 1));
  ASSERT_EQ(letters().size(), 1U);
  const auto& letter = letters()[0];
  auto bytes = letter.key.size() + letter.value.size();
  for (const auto& [name, value] : letter.headers) bytes += name.size() + value.size();
  EXPECT_LT(bytes, 900'000U);
  EXPECT_EQ(header(letter, cut_header), std::to_string(2 * huge.size()));
  EXPECT_EQ(header(letter, headers::offset), "0");
  EXPECT_EQ(published().size(), 1U) << "the partition goes on";
}

TEST_F(event_processor_test, names_the_field_that_is_wrong) {
  start();
  post(topics::user_activity, "u", R"({"userId":"u","eventType":"STARE","productId":"p"})");
  ASSERT_EQ(letters().size(), 1U);
  EXPECT_THAT(header(letters()[0], headers::detail), HasSubstr("eventType: expected one of"));
}

TEST_F(event_processor_test, refuses_crawlers) {
  start();
  post(topics::user_activity, "u", view_of("u", 1),
       headers_of{}.with(headers::user_agent, "Mozilla/5.0 (compatible; Googlebot/2.1)"));
  ASSERT_EQ(letters().size(), 1U);
  EXPECT_EQ(header(letters()[0], headers::reason), "bot");
  EXPECT_THAT(status().refused_by_reason, ElementsAre(Pair("bot", 1)));
}

TEST_F(event_processor_test, refuses_a_key_that_is_not_the_user) {
  start();
  post(topics::user_activity, "v", view_of("u", 1));
  ASSERT_EQ(letters().size(), 1U);
  EXPECT_EQ(header(letters()[0], headers::reason), "wrong_key");
}

TEST_F(event_processor_test, refuses_more_than_a_person_can_do) {
  config->processor.max_events_per_10s = 5;
  start();
  for (int i = 0; i < 8; ++i) post(topics::user_activity, "u", view_of("u", i));
  post(topics::user_activity, "v", view_of("v", 1));
  EXPECT_EQ(published().size(), 6U);
  EXPECT_THAT(status().refused_by_reason, ElementsAre(Pair("impossible_rate", 3)));
}

TEST_F(event_processor_test, what_a_person_sent_again_skips_the_filters) {
  config->processor.max_events_per_10s = 1;
  start();
  for (int i = 0; i < 3; ++i)
    post(
      topics::user_activity, "u", view_of("u", i),
      headers_of{}.with(headers::user_agent, "Googlebot/2.1").with(headers::resubmitted, "true"));
  EXPECT_EQ(published().size(), 3U);
  post(topics::user_activity, "u", "rubbish", headers_of{}.with(headers::resubmitted, "true"));
  EXPECT_EQ(letters().size(), 1U); // but not the rules
}

TEST_F(event_processor_test, an_erasure_passes_whoever_asks_however_often) {
  config->processor.max_events_per_10s = 1;
  start();
  post(topics::user_activity, "u", view_of("u", 1));
  post(topics::user_activity, "u", "",
       headers_of{}.with(headers::control, "erase").with(headers::user_agent, "Googlebot/2.1"));
  const auto events = published();
  ASSERT_EQ(events.size(), 2U);
  EXPECT_TRUE(std::holds_alternative<user_erased>(events[1].what));
  EXPECT_EQ(events[1].user_id, "u");
  EXPECT_EQ(events[1].time, now);
  EXPECT_EQ(events[1].origin.offset, 1);
}

TEST_F(event_processor_test, an_erasure_of_nobody_is_refused) {
  start();
  post(topics::user_activity, "", "", headers_of{}.with(headers::control, "erase"));
  EXPECT_TRUE(published().empty());
  ASSERT_EQ(letters().size(), 1U);
  EXPECT_EQ(header(letters()[0], headers::reason), "invalid");
}

TEST_F(event_processor_test, goes_on_from_its_commit) {
  start();
  for (int i = 0; i < 5; ++i) post(topics::user_activity, "u", view_of("u", i));
  sys.kill_all();
  for (int i = 5; i < 8; ++i) post(topics::user_activity, "u", view_of("u", i));
  start();
  const auto events = published();
  ASSERT_EQ(events.size(), 8U);
  for (int i = 0; i < 8; ++i) EXPECT_EQ(events[i].origin.offset, i);
  EXPECT_TRUE(status().ready);
  EXPECT_EQ(status().lag, 0);
}

TEST_F(event_processor_test, publishes_again_under_the_same_ids_when_its_commit_was_lost) {
  start();
  for (int i = 0; i < 5; ++i) post(topics::user_activity, "u", view_of("u", i));
  sys.kill_all();
  log->commit(processor_group, {std::string{topics::user_activity}, 0}, 2);
  start();
  const auto& records = log->records(topics::processed_events);
  ASSERT_EQ(records.size(), 8U);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(records[5 + i].value, records[2 + i].value);
}

TEST_F(event_processor_test, an_append_that_is_refused_stops_it_until_it_works) {
  start();
  log->failing = {ec::queue_full, "", "full"};
  // The raw topics have room, only the processor's appends are refused.
  const auto raw = [&](int i) {
    log->failing = {};
    storage::outgoing_record r;
    r.topic = topics::user_activity;
    r.key = "u";
    r.value = view_of("u", i);
    r.timestamp = now;
    log->append({r}, storage::durability::synced, {});
    log->failing = {ec::queue_full, "", "full"};
  };
  raw(0);
  raw(1);
  sys.drain();
  raw(2);
  sys.drain();
  EXPECT_TRUE(published().empty());
  EXPECT_EQ(committed(topics::user_activity), -1);
  EXPECT_EQ(status().failure, "full");
  EXPECT_EQ(status().lag, 3);
  pass(2'000);
  EXPECT_TRUE(published().empty());
  log->failing = {};
  pass(500);
  EXPECT_TRUE(published().empty()); // not before its time
  pass(1'000);
  const auto events = published();
  ASSERT_EQ(events.size(), 3U);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(events[i].origin.offset, i);
  EXPECT_EQ(status().failure, "");
  EXPECT_EQ(committed(topics::user_activity), 3);
}

TEST_F(event_processor_test, outcomes_that_are_late_lose_nothing) {
  start();
  log->holding = true;
  for (int i = 0; i < 3; ++i) post(topics::user_activity, "u", view_of("u", i));
  EXPECT_EQ(published().size(), 3U); // readable at once
  EXPECT_EQ(committed(topics::user_activity), -1);
  log->deliver_nothing(topics::orders); // only the position of the orders moves
  sys.drain();
  EXPECT_EQ(committed(topics::user_activity), -1);
  log->release();
  sys.drain();
  EXPECT_EQ(committed(topics::user_activity), 3);
}

TEST_F(event_processor_test, a_late_failure_repeats_all_that_was_under_way) {
  start();
  log->holding = true;
  post(topics::user_activity, "u", view_of("u", 0));
  auto counts_before = status().published;
  EXPECT_EQ(counts_before, 1U);
  // The log lost what it had taken: the outcome is a failure.
  caf::anon_send(processor, append_outcome{1, {ec::storage, "", "lost"}, {}});
  sys.drain();
  log->forget();
  log->holding = false;
  post(topics::user_activity, "u", view_of("u", 1));
  EXPECT_EQ(published().size(), 1U); // it pauses
  pass(1'500);
  const auto events = published();
  ASSERT_EQ(events.size(), 3U); // the first again, which its user skips
  EXPECT_EQ(events[1].origin.offset, 0);
  EXPECT_EQ(events[1].id, events[0].id);
  EXPECT_EQ(events[2].origin.offset, 1);
  EXPECT_EQ(status().published, 2U); // counted once
  EXPECT_EQ(status().received, 2U);
  EXPECT_EQ(committed(topics::user_activity), 2);
}

TEST_F(event_processor_test, reading_again_does_not_make_a_person_a_machine) {
  config->processor.max_events_per_10s = 4;
  start();
  log->holding = true;
  for (int i = 0; i < 3; ++i) post(topics::user_activity, "u", view_of("u", i));
  caf::anon_send(processor, append_outcome{1, {ec::storage, "", "lost"}, {}});
  sys.drain();
  log->forget();
  log->holding = false;
  pass(1'500);
  EXPECT_EQ(published().size(), 6U);
  EXPECT_TRUE(letters().empty());
}

TEST_F(event_processor_test, a_topic_that_could_not_be_read_is_followed_again) {
  start();
  post(topics::user_activity, "u", view_of("u", 0));
  log->break_readers(topics::user_activity, {ec::storage, "", "bad block"});
  post(topics::user_activity, "u", view_of("u", 1));
  EXPECT_EQ(published().size(), 1U);
  EXPECT_EQ(status().failure, "bad block");
  pass(1'500);
  EXPECT_EQ(published().size(), 2U);
  EXPECT_EQ(status().failure, "");
}

} // namespace
} // namespace riq::testing
