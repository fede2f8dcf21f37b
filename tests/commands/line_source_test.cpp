#include "nodes/commands/import/line_source.hpp"

#include "messages/parse_order.hpp"

#include <gmock/gmock.h>

using namespace riq::commands;

namespace {

/// Every line's number and JSON from a place on.
std::vector<std::string> lines(std::string_view text, std::optional<file_place> from = {}) {
  line_source source{text, record_writer{"imp"}};
  EXPECT_FALSE(source.prepare({}));
  if (from) source.skip_to(*from);
  std::vector<std::string> all;
  while (source.next()) {
    const auto written = source.write();
    const auto more = source.place().lines - 1;
    all.push_back(std::to_string(source.place().line) +
                  (more > 0 ? "+" + std::to_string(more) : "") + " " +
                  (written ? written->user : "refused"));
  }
  return all;
}

/// Going on at any line gives what reading from the top gives from there.
void expect_resumable(std::string_view text) {
  const auto whole = lines(text);
  line_source source{text, record_writer{"imp"}};
  ASSERT_FALSE(source.prepare({}));
  for (long done = 0; source.next(); ++done) {
    const std::vector<std::string> before(whole.begin() + done, whole.end());
    EXPECT_EQ(lines(text, file_place{source.place().line - 1, source.place().offset}), before);
    (void)source.write();
    const std::vector<std::string> behind(whole.begin() + done + 1, whole.end());
    EXPECT_EQ(lines(text, source.done()), behind);
  }
}

constexpr std::string_view order_header = "user,item,event,order_id,quantity,price\n";

/// A file with these rows; not inline, or GCC 12 takes the header for too short to be appended to.
[[gnu::noinline]] std::string orders_file(std::string_view rows) {
  std::string out{order_header};
  out += rows;
  return out;
}

/// What the node would read of a file's first record.
riq::order first_order(const std::string& rows) {
  const auto text = orders_file(rows);
  line_source source{text, record_writer{"imp"}};
  EXPECT_FALSE(source.prepare({}));
  EXPECT_TRUE(source.next());
  EXPECT_TRUE(source.write());
  return std::get<riq::order>(riq::parse_order(source.json(), {})->what);
}

} // namespace

TEST(line_source, tells_the_formats_apart) {
  EXPECT_THAT(lines("user,item,event\na,1,view\n\nb,1,view\n"), testing::ElementsAre("2 a", "4 b"));
  EXPECT_THAT(lines("\n{\"userId\":\"a\"}\n\n{\"userId\":\"b\"}\n{"),
              testing::ElementsAre("2 a", "4 b", "5 refused"));
}

TEST(line_source, numbers_stay_the_same_when_it_goes_on_anywhere) {
  expect_resumable(
    "user,item,event\na,1,view\n\n\nb,1,view\nc,1,nonsense\n\"d\nd\",1,view\ne,1,view");
  expect_resumable("{\"userId\":\"a\"}\n\n \r\n{\"userId\":\"b\"}\nrubbish\n{\"userId\":\"c\"}");
}

TEST(line_source, lines_of_one_order_that_follow_one_another_are_one_record) {
  const auto o = first_order("mu,p1,purchase,O1,2,10\nmu,p2,purchase,O1,1,5\n");
  EXPECT_EQ(o.order_id, "O1");
  EXPECT_EQ(o.total, 25);
  ASSERT_EQ(o.items.size(), 2u);
  EXPECT_EQ(o.items[1].product_id, "p2");

  const auto told = [](const std::string& rows) { return lines(orders_file(rows)); };
  // At the end of the file, over an empty line, and up to another order, user or event.
  EXPECT_THAT(told("u,p1,purchase,O1,1,1\n\nu,p2,purchase,O1,1,1"), testing::ElementsAre("2+1 u"));
  EXPECT_THAT(told("u,p1,purchase,O1,1,1\nu,p2,purchase,O1,1,1\nu,p1,purchase,O2,1,1\n"
                   "v,p1,purchase,O2,1,1\nv,p1,view,O2,1,1\n"),
              testing::ElementsAre("2+1 u", "4 u", "5 v", "6 v"));
  EXPECT_THAT(told("u,p1,purchase,,1,1\nu,p2,purchase,,1,1\n"), // no id: each is an order
              testing::ElementsAre("2 u", "3 u"));
}

TEST(line_source, an_order_is_taken_whole_or_not_at_all) {
  const auto text =
    orders_file("u,p1,purchase,O1,1,1\nu,p2,purchase,O1,1,x\nu,p3,purchase,O1,1,1\n" // wrong
                "u,p1,purchase,O2,1,1\nu,p1,view,,,\nu,p2,purchase,O2,1,1\n"         // apart
                "u,p1,purchase,O3,1,1\n");
  EXPECT_THAT(lines(text),
              testing::ElementsAre("2+2 refused", "5 refused", "6 u", "7 refused", "8 u"));
  line_source source{text, record_writer{"imp"}};
  ASSERT_FALSE(source.prepare({}));
  ASSERT_TRUE(source.next());
  EXPECT_EQ(source.write().error().detail, "unreadable price \"x\" in line 3");
  ASSERT_TRUE(source.next());
  EXPECT_THAT(source.write().error().detail,
              testing::StartsWith("the lines of order \"O2\" do not follow one another"));
  expect_resumable(text);
}

TEST(line_source, an_import_goes_on_behind_an_order_or_in_front_of_it) {
  expect_resumable(
    orders_file("u,p1,purchase,O1,1,1\nu,p2,purchase,O1,1,1\n\nu,p1,view,,,\n"
                "v,p1,purchase,O2,1,1\n\n\"v\",p2,purchase,O2,1,1\nv,p3,purchase,O2,1,1"));
}
