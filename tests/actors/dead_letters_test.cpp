#include "actors/dead_letters.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "messages/topics.hpp"
#include "tests/support/deterministic_system.hpp"
#include "tests/support/memory_log.hpp"

namespace riq::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class dead_letters_test : public ::testing::Test {
 protected:
  dead_letters_test() {
    for (const auto topic : {topics::user_activity, topics::processed_events, topics::dead_letters})
      log->ensure_topic({.name = std::string{topic}, .partitions = 1});
  }

  void start(std::size_t max_letters = 100, std::size_t max_bytes = 1 << 20) {
    keeper = sys.spawn(riq::dead_letters, dead_letters_config{log, max_letters, max_bytes});
  }

  void refuse(const std::string& original, record_headers before = {}) {
    storage::outgoing_record r;
    r.topic = topics::dead_letters;
    r.partition = 0;
    r.key = "u";
    r.value = original;
    r.headers = std::move(before);
    r.headers.emplace_back(std::string{headers::topic}, std::string{topics::user_activity});
    r.headers.emplace_back(std::string{headers::partition}, "0");
    r.headers.emplace_back(std::string{headers::offset}, "41");
    r.headers.emplace_back(std::string{headers::reason}, "invalid");
    r.headers.emplace_back(std::string{headers::detail}, "userId: is required");
    log->append({std::move(r)}, storage::durability::relaxed, {});
    sys.drain();
  }

  std::string list(std::uint32_t limit = 100, std::int64_t before = 0) {
    return sys.ask<answer>(keeper, list_dead_letters{limit, before})->body;
  }

  std::shared_ptr<memory_log> log = std::make_shared<memory_log>();
  deterministic_system sys;
  dead_letter_actor keeper;
};

TEST_F(dead_letters_test, lists_the_newest_first) {
  refuse("before it started");
  start();
  refuse("one");
  refuse("two");
  const auto all = list();
  EXPECT_LT(all.find("\"two\""), all.find("\"one\""));
  EXPECT_LT(all.find("\"one\""), all.find("\"before it started\""));
  EXPECT_THAT(all, HasSubstr("\"total\":3"));
  EXPECT_THAT(all, HasSubstr("\"reason\":\"invalid\""));
  EXPECT_THAT(all, HasSubstr("\"detail\":\"userId: is required\""));
  EXPECT_THAT(all, HasSubstr("\"sourceOffset\":\"41\""));
}

TEST_F(dead_letters_test, lists_by_pages) {
  start();
  for (int i = 0; i < 5; ++i) refuse("letter " + std::to_string(i));
  const auto first = list(2);
  EXPECT_THAT(first, HasSubstr("letter 4"));
  EXPECT_THAT(first, HasSubstr("letter 3"));
  EXPECT_THAT(first, Not(HasSubstr("letter 2")));
  const auto second = list(2, 3);
  EXPECT_THAT(second, HasSubstr("letter 2"));
  EXPECT_THAT(second, HasSubstr("letter 1"));
  EXPECT_THAT(second, Not(HasSubstr("letter 3")));
  EXPECT_THAT(list(0), HasSubstr("\"deadLetters\":[]"));
}

TEST_F(dead_letters_test, shows_any_bytes_as_text) {
  start();
  refuse(std::string("\x00\xff\"{", 4));
  EXPECT_THAT(list(), HasSubstr(R"("original":"\\x00\\xff\"{")"));
}

TEST_F(dead_letters_test, keeps_no_more_than_allowed) {
  start(3);
  for (int i = 0; i < 10; ++i) refuse("letter " + std::to_string(i));
  const auto all = list();
  EXPECT_THAT(all, HasSubstr("\"kept\":3"));
  EXPECT_THAT(all, HasSubstr("\"total\":10"));
  EXPECT_THAT(all, HasSubstr("letter 7"));
  EXPECT_THAT(all, Not(HasSubstr("letter 6")));
}

TEST_F(dead_letters_test, keeps_no_more_bytes_than_allowed) {
  start(100, 12'000);
  for (int i = 0; i < 10; ++i) refuse(std::string(3'000, 'a' + i));
  EXPECT_THAT(list(), HasSubstr("\"kept\":3"));
  refuse(std::string(20'000, 'z'));
  EXPECT_THAT(list(), HasSubstr("\"kept\":0"));
  refuse("small");
  EXPECT_THAT(list(), HasSubstr("\"kept\":1"));
}

TEST_F(dead_letters_test, starts_with_the_newest_of_a_long_log) {
  for (int i = 0; i < 10; ++i) refuse("letter " + std::to_string(i));
  start(3);
  EXPECT_THAT(list(), HasSubstr("\"kept\":3"));
  EXPECT_THAT(list(), HasSubstr("letter 7"));
}

TEST_F(dead_letters_test, sends_the_original_again) {
  start();
  const std::string original("{\"userId\"\x00\xfe", 11);
  refuse(original, {{std::string{headers::event_id}, "e1"},
                    {std::string{headers::received}, "123"},
                    {std::string{headers::producer}, "import-7"},
                    {std::string{headers::sequence}, "3"}});
  const auto done = sys.ask<answer>(keeper, resubmit_dead_letter{0});
  ASSERT_TRUE(done);
  EXPECT_EQ(done->body, "{\"resubmitted\":0}");
  const auto& again = log->records(topics::user_activity);
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(again[0].key, "u");
  EXPECT_EQ(again[0].value, original);
  // Its line number would make the user skip it: later lines have been applied.
  EXPECT_EQ(again[0].headers, (record_headers{{std::string{headers::event_id}, "e1"},
                                              {std::string{headers::received}, "123"},
                                              {std::string{headers::resubmitted}, "true"}}));
}

TEST_F(dead_letters_test, those_of_an_erased_user_are_gone) {
  const auto erase = [&](std::string user) {
    storage::outgoing_record r;
    r.topic = topics::dead_letters;
    r.partition = 0;
    r.key = std::move(user);
    r.headers = {{std::string{headers::control}, "erase"}};
    log->append({std::move(r)}, storage::durability::relaxed, {});
    sys.drain();
  };
  start();
  refuse("of u");
  erase("v");
  EXPECT_THAT(list(), HasSubstr("of u"));
  erase("u");
  refuse("of u since"); // 3
  EXPECT_THAT(list(), Not(HasSubstr("\"of u\"")));
  EXPECT_THAT(list(), HasSubstr("\"kept\":1"));
  EXPECT_EQ(sys.ask<answer>(keeper, resubmit_dead_letter{0}).error().code, ec::not_found);
  EXPECT_TRUE(sys.ask<answer>(keeper, resubmit_dead_letter{3}));
  // A refused command to erase is a letter.
  refuse("", {{std::string{headers::control}, "erase"}});
  EXPECT_THAT(list(), HasSubstr("\"kept\":2"));
}

TEST_F(dead_letters_test, the_originals_headers_decide_nothing) {
  start();
  refuse("forged", {{std::string{headers::topic}, std::string{topics::processed_events}},
                    {std::string{headers::reason}, "none at all"}});
  EXPECT_THAT(list(), HasSubstr("\"reason\":\"invalid\""));
  ASSERT_TRUE(sys.ask<answer>(keeper, resubmit_dead_letter{0}));
  EXPECT_TRUE(log->records(topics::processed_events).empty());
  EXPECT_EQ(log->records(topics::user_activity).size(), 1U);
}

TEST_F(dead_letters_test, what_was_cut_cannot_be_sent_again) {
  start();
  refuse("the beginning", {{std::string{cut_header}, "10000000"}});
  const auto done = sys.ask<answer>(keeper, resubmit_dead_letter{0});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ec::too_large);
  EXPECT_TRUE(log->records(topics::user_activity).empty());
}

TEST_F(dead_letters_test, knows_no_other_offset) {
  start(2);
  for (int i = 0; i < 4; ++i) refuse("letter");
  for (const std::int64_t offset : {-1, 0, 1, 4, 99}) {
    const auto none = sys.ask<answer>(keeper, resubmit_dead_letter{offset});
    ASSERT_FALSE(none) << offset;
    EXPECT_EQ(none.error().code, ec::not_found);
  }
}

TEST_F(dead_letters_test, answers_when_it_is_durable_and_not_before) {
  start();
  refuse("letter");
  log->holding = true;
  const auto slot = sys.begin<answer>(keeper, resubmit_dead_letter{0});
  sys.drain();
  EXPECT_FALSE(*slot);
  log->release();
  sys.drain();
  EXPECT_TRUE(*slot && **slot);
}

TEST_F(dead_letters_test, says_that_the_log_takes_nothing) {
  start();
  refuse("letter");
  log->failing = {ec::disk_full, "", "full"};
  const auto at_once = sys.ask<answer>(keeper, resubmit_dead_letter{0});
  ASSERT_FALSE(at_once);
  EXPECT_EQ(at_once.error().code, ec::disk_full);
  log->failing = {};
  log->losing = {ec::storage, "", "lost"};
  const auto later = sys.ask<answer>(keeper, resubmit_dead_letter{0});
  ASSERT_FALSE(later);
  EXPECT_EQ(later.error().code, ec::storage);
}

TEST_F(dead_letters_test, reads_on_after_a_failure_when_somebody_looks) {
  start();
  refuse("one");
  log->break_readers(topics::dead_letters, {ec::storage, "", "bad block"});
  refuse("two");
  EXPECT_THAT(list(), HasSubstr("\"kept\":1"));
  EXPECT_THAT(list(), HasSubstr("\"kept\":2"));
}

} // namespace
} // namespace riq::testing
