// Triggers' rules and targets: what their texts mean, and what is refused with the name of the
// setting.
#include "config/trigger_rules.hpp"

#include "tests/config/support.hpp"

#include <gmock/gmock.h>

using namespace riq;
using namespace riq::test;
using testing::HasSubstr;

namespace {

trigger_rule_settings cart_rule() {
  return trigger_settings::default_rules().front();
}

std::string wrong(const trigger_rule_settings& rule) {
  const auto bad = check_rule(rule, {});
  return bad ? bad->where : "";
}

} // namespace

TEST(trigger_rules, durations) {
  EXPECT_EQ(duration_ms("90s"), 90'000);
  EXPECT_EQ(duration_ms("30m"), 1'800'000);
  EXPECT_EQ(duration_ms("24h"), 86'400'000);
  EXPECT_EQ(duration_ms("30d"), 2'592'000'000);
  for (const auto* text : {"", "m", "30", "-1m", "30x", "1 h", "9999999d", "99999999999999999999s"})
    EXPECT_FALSE(duration_ms(text)) << text;
}

TEST(trigger_rules, times_of_day) {
  EXPECT_EQ(minute_of_day("22:30"), 22u * 60 + 30);
  EXPECT_EQ(minute_of_day("00:00"), 0u);
  for (const auto* text : {"", "24:00", "8:00", "08:60", "08-00", "08:0x"})
    EXPECT_FALSE(minute_of_day(text)) << text;
}

TEST(trigger_rules, conditions) {
  const auto number = parse_condition("cart_value>=50.5");
  ASSERT_TRUE(number) << number.error().text();
  EXPECT_EQ(number->feature, "cart_value");
  EXPECT_EQ(number->op, comparison::at_least);
  EXPECT_EQ(number->number, 50.5);
  const auto text = parse_condition(" segment != 'high_value' ");
  ASSERT_TRUE(text) << text.error().text();
  EXPECT_EQ(text->op, comparison::unequal);
  EXPECT_EQ(text->text, "high_value");
  for (const auto* bad : {"", "cart_value", "cart_value >=", "cart_value = 5", "cart_value >= x",
                          "shoe_size > 44", "country < DE", "orders >= nan", ">= 5"})
    EXPECT_FALSE(parse_condition(bad)) << bad;
}

TEST(trigger_rules, a_wrong_rule_is_refused_by_its_field) {
  EXPECT_EQ(wrong(cart_rule()), "");
  auto r = cart_rule();
  r.id = "no blanks";
  EXPECT_EQ(wrong(r), "id");
  r = cart_rule();
  r.after = {"30m", "30m"};
  EXPECT_EQ(wrong(r), "after.1");
  r.after = {};
  EXPECT_EQ(wrong(r), "after");
  r = cart_rule();
  r.kind = trigger_kind::price_drop;
  EXPECT_EQ(wrong(r), "after");
  r = cart_rule();
  r.conditions = {"orders >= 1", "nonsense"};
  EXPECT_EQ(wrong(r), "conditions.1");
  r = cart_rule();
  r.quiet_until.clear();
  EXPECT_EQ(wrong(r), "quiet_until");
  r = cart_rule();
  r.targets = {"shop"};
  EXPECT_EQ(wrong(r), "targets.0");
}

TEST(trigger_rules, the_file_names_the_place) {
  EXPECT_THAT(why(load_text("[[triggers.rules]]\nid = \"a\"\nafter = [\"never\"]\n")),
              HasSubstr("triggers.rules.0.after.0"));
  EXPECT_THAT(why(load_text("[[triggers.targets]]\nname = \"s\"\nurl = \"ftp://x\"\n"
                            "secret = \"0123456789abcdef\"\n")),
              HasSubstr("triggers.targets.0.url"));
  EXPECT_THAT(why(load_text("[[triggers.targets]]\nname = \"s\"\nurl = \"http://u@x/\"\n"
                            "secret = \"0123456789abcdef\"\n")),
              HasSubstr("triggers.targets.0.url"));
  EXPECT_THAT(why(load_text("[[triggers.targets]]\nname = \"s\"\nurl = \"http://x/\"\n"
                            "secret = \"short\"\n")),
              HasSubstr("triggers.targets.0.secret"));
}

TEST(trigger_rules, secrets_of_targets_are_redacted) {
  const auto s = load_text("[[triggers.targets]]\nname = \"s\"\nurl = \"https://x/\"\n"
                           "secret = \"0123456789abcdef\"\n");
  ASSERT_TRUE(s) << why(s);
  EXPECT_THAT(dump_settings(*s, true), testing::Not(HasSubstr("0123456789abcdef")));
  EXPECT_THAT(dump_settings(*s, false), HasSubstr("0123456789abcdef"));
}
