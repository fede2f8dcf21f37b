#include "nodes/commands/import/record_writer.hpp"

#include "messages/parse_activity.hpp"
#include "messages/parse_context.hpp"
#include "messages/parse_order.hpp"

#include <gmock/gmock.h>

using namespace riq;
using namespace riq::commands;

namespace {

row make_row(std::initializer_list<std::pair<role, std::string_view>> fields) {
  row r;
  for (const auto& [name, text] : fields) r.fields[static_cast<std::size_t>(name)] = text;
  return r;
}

} // namespace

TEST(record_writer, an_activity_is_what_the_node_reads) {
  record_writer writer{"imp"};
  const auto written = writer.write(make_row({{role::user, "u\"1"},
                                              {role::item, "p\\2"},
                                              {role::event, "cart"},
                                              {role::timestamp, "1569888000"},
                                              {role::category, "210380"},
                                              {role::category_code, "appliances.kitchen"},
                                              {role::brand, "aqua"},
                                              {role::price, "35.79"},
                                              {role::session, "s\\1"}}),
                                    7);
  ASSERT_TRUE(written);
  EXPECT_EQ(written->kind, record_kind::activity);
  EXPECT_EQ(written->user, "u\"1");
  const auto e = parse_activity(writer.last(), {});
  ASSERT_FALSE(!e) << e.error().detail;
  const auto& a = std::get<activity>(e->what);
  EXPECT_EQ(e->user_id, "u\"1");
  EXPECT_EQ(e->time, 1'569'888'000'000);
  EXPECT_EQ(e->origin.sequence, 7);
  EXPECT_EQ(a.type, activity_type::add_to_cart);
  EXPECT_EQ(a.product_id, "p\\2");
  EXPECT_EQ(a.category, "appliances.kitchen");
  EXPECT_EQ(a.price, 35.79);
}

TEST(record_writer, a_purchase_is_an_order_that_the_node_reads) {
  record_writer writer{"imp-1"};
  const auto written = writer.write(make_row({{role::user, "u"},
                                              {role::item, "p"},
                                              {role::event, "purchase"},
                                              {role::price, "9.5"},
                                              {role::quantity, "3"},
                                              {role::timestamp, "1000"}}),
                                    12);
  ASSERT_TRUE(written);
  EXPECT_EQ(written->kind, record_kind::order);
  const auto e = parse_order(writer.last(), {});
  ASSERT_FALSE(!e) << e.error().detail;
  const auto& o = std::get<order>(e->what);
  EXPECT_EQ(o.order_id, "imp-1-12");
  EXPECT_EQ(o.total, 28.5);
  EXPECT_EQ(o.items.at(0).quantity, 3u);
  EXPECT_EQ(e->time, 1'000'000);
  EXPECT_EQ(e->origin.sequence, 12);
}

TEST(record_writer, further_lines_are_items_of_the_order) {
  record_writer writer{"imp"};
  const auto line = [](std::string_view item, std::string_view quantity, std::string_view price) {
    return make_row({{role::user, "u"},
                     {role::item, item},
                     {role::event, "purchase"},
                     {role::order, "O1"},
                     {role::session, "s"},
                     {role::timestamp, "1000"},
                     {role::quantity, quantity},
                     {role::price, price}});
  };
  ASSERT_TRUE(writer.write(line("p1", "2", "10"), 2));
  ASSERT_FALSE(writer.add_line(line("p2", "1", "5")));
  EXPECT_EQ(writer.add_line(line("p3", "one", "5")).detail, "unreadable quantity \"one\"");
  EXPECT_EQ(writer.add_line(line("", "1", "5")).detail, "the item is empty");
  const auto e = parse_order(writer.last(), {});
  ASSERT_FALSE(!e) << e.error().detail;
  const auto& o = std::get<order>(e->what);
  EXPECT_EQ(o.order_id, "O1");
  EXPECT_EQ(o.session_id, "s");
  EXPECT_EQ(o.total, 25);
  ASSERT_EQ(o.items.size(), 2u);
  EXPECT_EQ(o.items[1].product_id, "p2");
  EXPECT_EQ(e->time, 1'000'000);
  EXPECT_EQ(e->origin.sequence, 2);
  ASSERT_TRUE(writer.write(line("p4", "1", "1"), 9)); // the next order begins anew
  EXPECT_EQ(std::get<order>(parse_order(writer.last(), {})->what).total, 1);
}

TEST(record_writer, an_order_has_as_many_lines_as_the_node_takes) {
  record_writer writer{"imp"};
  const auto line = make_row(
    {{role::user, "u"}, {role::item, "p"}, {role::event, "purchase"}, {role::order, "O1"}});
  ASSERT_TRUE(writer.write(line, 2));
  for (std::size_t i = 1; i < limits::order_lines; ++i) ASSERT_FALSE(writer.add_line(line));
  EXPECT_TRUE(parse_order(writer.last(), {}));
  EXPECT_EQ(writer.add_line(line).detail, "an order has at most 500 lines");
}

TEST(record_writer, says_what_is_wrong_with_a_line) {
  record_writer writer{"imp"};
  const auto why = [&](const row& r) { return writer.write(r, 1).error().detail; };
  EXPECT_EQ(why(make_row({{role::user, "u"}, {role::item, "p"}, {role::event, "stare"}})),
            "unknown event \"stare\"");
  EXPECT_EQ(why(make_row({{role::item, "p"}, {role::event, "view"}})), "the user is empty");
  EXPECT_EQ(why(make_row({{role::user, "u"}, {role::event, "view"}})), "the item is empty");
  EXPECT_EQ(
    why(make_row(
      {{role::user, "u"}, {role::item, "p"}, {role::event, "view"}, {role::timestamp, "soon"}})),
    "unreadable time \"soon\"");
  EXPECT_EQ(why(make_row(
              {{role::user, "u"}, {role::item, "p"}, {role::event, "view"}, {role::price, "nan"}})),
            "unreadable price \"nan\"");
}

TEST(record_writer, a_wrong_time_stays_wrong_in_the_next_line) {
  record_writer writer{"imp"};
  for (int i = 0; i < 2; ++i)
    EXPECT_FALSE(writer.write(
      make_row(
        {{role::user, "u"}, {role::item, "p"}, {role::event, "view"}, {role::timestamp, "soon"}}),
      1));
}

TEST(record_writer, numbers_lines_of_json_and_tells_orders_from_activities) {
  record_writer writer{"imp"};
  auto written = writer.write(R"( {"userId":"u","eventType":"VIEW","productId":"p"})", 4);
  ASSERT_TRUE(written);
  EXPECT_EQ(written->kind, record_kind::activity);
  EXPECT_EQ(writer.last(), "{\"producerSequence\":4,\"userId\":\"u\",\"eventType\":\"VIEW\","
                           "\"productId\":\"p\"}\n");
  written = writer.write(R"({"orderId":"o","userId":17,"items":[],"totalAmount":0})", 5);
  ASSERT_TRUE(written);
  EXPECT_EQ(written->kind, record_kind::order);
  EXPECT_EQ(written->user, "17");
  EXPECT_FALSE(writer.write(R"({"eventType":"VIEW"})", 6));
  EXPECT_FALSE(writer.write(R"([1])", 6));
  EXPECT_FALSE(writer.write(R"({"userId":)", 6));
}

TEST(event_time, reads_what_files_have) {
  const auto ms = [](std::string_view text) {
    std::int64_t out = -1;
    return read_event_time(text, out) ? out : -1;
  };
  EXPECT_EQ(ms("1569888000"), 1'569'888'000'000);
  EXPECT_EQ(ms("1569888000.25"), 1'569'888'000'250);
  EXPECT_EQ(ms("1569888000123"), 1'569'888'000'123);
  EXPECT_EQ(ms("1569888000123456"), 1'569'888'000'123);
  EXPECT_EQ(ms("2019-10-01T00:00:00Z"), 1'569'888'000'000);
  EXPECT_EQ(ms("2019-10-01T02:00:00+02:00"), 1'569'888'000'000);
  EXPECT_EQ(ms("2019-10-01 00:00:00 UTC"), 1'569'888'000'000);
  EXPECT_EQ(ms("2019-10-01 00:00:00"), 1'569'888'000'000);
  for (const auto* wrong : {"", "-5", "yesterday", "2019-13-01 00:00:00 UTC", "1e300", " UTC"})
    EXPECT_EQ(ms(wrong), -1) << wrong;
}
