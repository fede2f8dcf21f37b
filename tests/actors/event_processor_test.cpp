#include "actors/dead_letters.hpp"
#include "tests/actors/processor_rig.hpp"

namespace riq::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

class event_processor_test : public processor_rig {};

TEST_F(event_processor_test, an_activity_gets_what_the_catalogue_knows_and_it_does_not_tell) {
  auto shop = std::make_shared<engine::shared_model>(config->model);
  item known;
  known.product_id = "p1";
  known.category = "shoes.boots";
  known.brand = "acme";
  known.price = 80;
  shop->items.put(known);
  session_update heard; // of an item that no catalogue knows
  heard.product_id = "p2";
  heard.category = "hats";
  heard.time = noon;
  shop->items.apply(heard);
  model->publish(shop);
  start();
  post(topics::user_activity, "u", view_of("u", 1));
  post(topics::user_activity, "u",
       R"({"userId":"u","eventType":"VIEW","productId":"p1","category":"sale","price":60})");
  post(topics::user_activity, "u", view_of("u", 2));
  const auto events = published();
  ASSERT_EQ(events.size(), 3U);
  const auto& bare = std::get<activity>(events[0].what);
  EXPECT_EQ(bare.category, "shoes.boots");
  EXPECT_EQ(bare.brand, "acme");
  EXPECT_EQ(bare.price, 80);
  const auto& told = std::get<activity>(events[1].what);
  EXPECT_EQ(told.category, "sale");
  EXPECT_EQ(told.brand, "acme");
  EXPECT_EQ(told.price, 60);
  EXPECT_EQ(std::get<activity>(events[2].what).category, "");
}

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
  EXPECT_EQ(events[0].time, noon);
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

TEST_F(event_processor_test, a_foreign_producers_time_is_bounded_by_the_logs) {
  start();
  const auto foreign = [&](std::int64_t time, std::int64_t timestamp) {
    post(topics::user_activity, "u",
         R"({"userId":"u","eventType":"VIEW","productId":"p","timestamp":)" + std::to_string(time) +
           "}",
         headers_of{{}}, timestamp);
  };
  constexpr std::int64_t day = 86'400'000;
  constexpr std::int64_t year_9999 = 253'402'300'799'999;
  const auto latest = std::int64_t{config->processor.max_future_sec} * 1'000;
  foreign(year_9999, noon - day);
  foreign(noon - 400 * day, noon - day); // an old log is welcome
  foreign(year_9999, year_9999);         // the producer wrote the record's time, too
  foreign(year_9999, -1);
  std::vector<std::int64_t> times;
  for (const auto& e : published()) times.push_back(e.time);
  EXPECT_THAT(times,
              ElementsAre(noon - day + latest, noon - 400 * day, noon + latest, noon + latest));
  EXPECT_EQ(published()[0].received, noon - day);
}

TEST_F(event_processor_test, carries_offers_served_and_rewarded) {
  start();
  event e;
  e.user_id = "u";
  e.id = "d1";
  e.time = noon;
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
  EXPECT_EQ(header(letter, headers::received), std::to_string(noon));
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
  EXPECT_EQ(events[1].time, noon);
  EXPECT_EQ(events[1].origin.offset, 1);
  // Behind the letters of the user, which are not shown any more.
  ASSERT_EQ(letters().size(), 1U);
  EXPECT_EQ(letters()[0].key, "u");
  EXPECT_EQ(header(letters()[0], headers::control), "erase");
}

TEST_F(event_processor_test, an_erasure_has_the_time_it_is_told_with) {
  start();
  post(topics::user_activity, "u", "",
       headers_of{}.with(headers::control, "erase").with(headers::time, "0"));
  ASSERT_EQ(published().size(), 1U);
  EXPECT_EQ(published()[0].time, 0);
}

TEST_F(event_processor_test, an_erasure_whose_time_cannot_be_read_moves_no_clock) {
  start();
  post(topics::user_activity, "u", "",
       headers_of{}.with(headers::control, "erase").with(headers::time, "noon"));
  ASSERT_EQ(published().size(), 1U);
  EXPECT_EQ(published()[0].time, 0);
}

TEST_F(event_processor_test, an_erasures_mark_among_the_decisions_is_no_event) {
  start();
  post(topics::offer_decisions, "u", "", headers_of{}.with(headers::control, "erase"));
  EXPECT_TRUE(published().empty());
  EXPECT_TRUE(letters().empty());
  EXPECT_EQ(committed(topics::offer_decisions), 1);
}

TEST_F(event_processor_test, an_erasure_of_nobody_is_refused) {
  start();
  post(topics::user_activity, "", "", headers_of{}.with(headers::control, "erase"));
  EXPECT_TRUE(published().empty());
  ASSERT_EQ(letters().size(), 1U);
  EXPECT_EQ(header(letters()[0], headers::reason), "invalid");
}

} // namespace
} // namespace riq::testing
