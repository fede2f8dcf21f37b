#include "nodes/commands/import/csv_reader.hpp"

#include <gmock/gmock.h>

using namespace riq::commands;
using testing::ElementsAre;

namespace {

/// user and item of each line.
std::vector<std::string> pairs(std::string_view text) {
  csv_reader reader{text};
  reader.read_header();
  reader.set_roles({role::user, role::item});
  std::vector<std::string> all;
  row r;
  while (reader.next(r))
    all.push_back(std::string{r[role::user]} + "|" + std::string{r[role::item]});
  return all;
}

} // namespace

TEST(csv_reader, splits_plain_lines) {
  EXPECT_THAT(pairs("user,item\na,1\nb,2\n"), ElementsAre("a|1", "b|2"));
  EXPECT_THAT(pairs("user,item\r\na,1\r\nb,2"), ElementsAre("a|1", "b|2"));
  EXPECT_THAT(pairs("user;item\na,x;1\n"), ElementsAre("a,x|1"));
  EXPECT_THAT(pairs("user\titem\na\t1\n"), ElementsAre("a|1"));
  EXPECT_THAT(pairs("\xef\xbb\xbfuser,item\na,1\n"), ElementsAre("a|1"));
}

TEST(csv_reader, skips_empty_lines_and_bears_short_and_long_ones) {
  EXPECT_THAT(pairs("user,item\n\na\n\r\nb,2,3,4\n,\n"), ElementsAre("a|", "b|2", "|"));
  EXPECT_THAT(pairs("user,item\n"), ElementsAre());
  EXPECT_THAT(pairs("user,item"), ElementsAre());
  EXPECT_THAT(pairs(""), ElementsAre());
}

TEST(csv_reader, understands_quotes) {
  EXPECT_THAT(pairs("user,item\n\"a,b\",\"1\"\n"), ElementsAre("a,b|1"));
  EXPECT_THAT(pairs("user,item\n\"say \"\"hi\"\"\",1\r\n"), ElementsAre("say \"hi\"|1"));
  EXPECT_THAT(pairs("user,item\n\"two\nlines\",1\nb,2\n"), ElementsAre("two\nlines|1", "b|2"));
  EXPECT_THAT(pairs("user,item\n\"\",1\n"), ElementsAre("|1"));
}

TEST(csv_reader, an_open_quote_at_the_end_is_no_reason_to_read_on) {
  EXPECT_THAT(pairs("user,item\n\"a,1"), ElementsAre("a,1|"));
  EXPECT_THAT(pairs("user,item\n\""), ElementsAre("|"));
  EXPECT_THAT(pairs("user,item\n\"a\"\""), ElementsAre("a\"|"));
}

TEST(csv_reader, goes_on_where_it_was_left) {
  const std::string_view text = "user,item\na,1\n\nb,2\nc,3\n";
  csv_reader first{text};
  first.read_header();
  first.set_roles({role::user, role::item});
  row r;
  ASSERT_TRUE(first.next(r));
  ASSERT_TRUE(first.next(r));
  EXPECT_EQ(first.line(), 4u) << "the header and the empty line count";
  EXPECT_EQ(text.substr(first.line_offset(), 3), "b,2");

  csv_reader second{text};
  second.read_header();
  second.set_roles({role::user, role::item});
  second.skip_to(first.line() - 1, first.line_offset());
  ASSERT_TRUE(second.next(r));
  EXPECT_EQ(r[role::user], "b");
  EXPECT_EQ(second.line(), 4u);
}

TEST(roles, columns_of_the_known_formats) {
  const auto ours =
    roles_of({"user", "item", "event", "timestamp", "category", "category_code"}, {});
  ASSERT_TRUE(ours);
  EXPECT_THAT(*ours, ElementsAre(role::user, role::item, role::event, role::timestamp,
                                 role::category, role::category_code));
  const auto rees46 = roles_of({"event_time", "event_type", "product_id", "category_id",
                                "category_code", "brand", "price", "user_id", "user_session"},
                               {});
  ASSERT_TRUE(rees46);
  EXPECT_THAT(*rees46, ElementsAre(role::timestamp, role::event, role::item, role::category,
                                   role::category_code, role::brand, role::price, role::user,
                                   role::session));
}

TEST(roles, a_map_wins_and_is_checked) {
  const auto mapped = roles_of({"who", "user", "what", "event"}, {"user=who", "item=what"});
  ASSERT_TRUE(mapped);
  EXPECT_THAT(*mapped, ElementsAre(role::user, role::none, role::item, role::event));
  EXPECT_THAT(roles_of({"a"}, {"user=b"}).error().detail, testing::HasSubstr("the columns are a"));
  EXPECT_THAT(roles_of({"a"}, {"nobody=a"}).error().detail, testing::HasSubstr("roles are user"));
  EXPECT_THAT(roles_of({"a", "event"}, {}).error().detail, testing::HasSubstr("--map user=COLUMN"));
}
