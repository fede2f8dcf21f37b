#include "engine/bots.hpp"

#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

namespace riq::engine {
namespace {

constexpr auto chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
                        "Chrome/120.0.0.0 Safari/537.36";
constexpr auto phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_2 like Mac OS X) "
                       "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.2 Mobile/15E148 "
                       "Safari/604.1";
constexpr auto google = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)";
constexpr auto own = "MegaIndex.ru/2.0 crawler";

TEST(bots, the_built_in_patterns_know_crawlers_from_people) {
  const auto p = bot_patterns::built_in();
  EXPECT_TRUE(p->matches(google));
  EXPECT_TRUE(p->matches(own));
  EXPECT_TRUE(p->matches("Mozilla/5.0 (compatible; SomeNewBot/1.0)"));
  EXPECT_FALSE(p->matches(chrome));
  EXPECT_FALSE(p->matches(phone));
  EXPECT_FALSE(p->matches("Mozilla/5.0 (Linux; Android 9; CUBOT_X19) Mobile Safari/537.36"));
  EXPECT_FALSE(p->matches("curl/8.5.0"));
  EXPECT_FALSE(p->matches("Python-urllib/3.11"));
}

TEST(bots, patterns_come_from_the_files_text) {
  const auto r = bot_patterns::from_json(
    R"([{"pattern":"Googlebot\\/","url":"x"},{"pattern":"(?=look)ahead"},{"pattern":"^curl"}])");
  ASSERT_TRUE(r) << r.error().detail;
  EXPECT_EQ((*r)->count(), 1U);   // curl is what a shop's backend uses
  EXPECT_EQ((*r)->skipped(), 1U); // RE2 looks at nothing twice
  EXPECT_TRUE((*r)->matches(google));
  EXPECT_FALSE((*r)->matches("curl/8.5.0"));
  EXPECT_FALSE((*r)->matches(own));
}

TEST(bots, a_text_that_is_no_such_list_is_an_error) {
  for (const auto* text : {"", "{}", "[]", "[1]", R"([{"name":"x"}])", R"([{"pattern":"("}])"}) {
    const auto r = bot_patterns::from_json(text);
    ASSERT_FALSE(r) << text;
    EXPECT_EQ(r.error().field, "processor.bot_patterns");
  }
}

TEST(bots, a_filter_answers_as_its_patterns_do) {
  bot_filter f{bot_patterns::built_in(), 2}; // agents share the two slots
  for (int i = 0; i < 5; ++i) {
    EXPECT_TRUE(f.is_bot(google));
    EXPECT_FALSE(f.is_bot(chrome));
    EXPECT_FALSE(f.is_bot(phone));
    EXPECT_TRUE(f.is_bot(own));
    EXPECT_FALSE(f.is_bot(""));
  }
  EXPECT_FALSE(f.is_bot(std::string(1 << 20, 'x')));
}

TEST(bots, the_published_list_is_usable) {
  std::ifstream file{RIQ_BOT_PATTERNS_FILE};
  if (!file) GTEST_SKIP() << "no crawler-user-agents.json at " RIQ_BOT_PATTERNS_FILE;
  std::ostringstream text;
  text << file.rdbuf();
  const auto r = bot_patterns::from_json(text.str());
  ASSERT_TRUE(r) << r.error().detail;
  EXPECT_GT((*r)->count(), 500U);
  EXPECT_LT((*r)->skipped(), 10U);
  for (const auto* bot : {google, own}) EXPECT_TRUE((*r)->matches(bot)) << bot;
  for (const auto* fine : {chrome, phone, "curl/7.88.1", "Python-urllib/3.12",
                           "python-requests/2.32.3", "Go-http-client/1.1", "okhttp/5.0.0"})
    EXPECT_FALSE((*r)->matches(fine)) << fine;
}

} // namespace
} // namespace riq::engine
