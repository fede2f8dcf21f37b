#include "messages/parse_activity.hpp"

#include "parse_support.hpp"

namespace riq {
namespace {

using testing::expect_refused;
using testing::with;

constexpr parse_context at_noon{1'700'000'000'000, "gateway-id"};
constexpr std::string_view view = R"({"userId":"u","eventType":"VIEW","productId":"p"})";

activity activity_of(std::string_view json) {
  const auto r = parse_activity(json, at_noon);
  EXPECT_TRUE(r) << json << (r ? "" : r.error().field + ": " + r.error().detail);
  return r ? std::get<activity>(r->what) : activity{};
}

std::int64_t time_of(std::string_view timestamp) {
  const auto r =
    parse_activity(with(view, std::string{R"("timestamp":)"}.append(timestamp)), at_noon);
  return r ? r->time : -1;
}

TEST(parse_activity, reads_the_seeds_call) {
  const auto r = parse_activity(
    R"({"userId":"user_42","eventType":"VIEW","productId":"laptop_pro_2024","sessionId":"session_xyz","timestamp":1705593600000})",
    at_noon);
  ASSERT_TRUE(r);
  EXPECT_EQ(r->user_id, "user_42");
  EXPECT_EQ(r->time, 1705593600000);
  EXPECT_EQ(r->received, at_noon.now_ms);
  EXPECT_EQ(r->id, "gateway-id");
  EXPECT_EQ(r->origin.from, source::activity);
  EXPECT_EQ(r->origin.offset, -1);
  const auto& a = std::get<activity>(r->what);
  EXPECT_EQ(a.type, activity_type::view);
  EXPECT_EQ(a.product_id, "laptop_pro_2024");
  EXPECT_EQ(a.session_id, "session_xyz");
}

TEST(parse_activity, reads_every_field) {
  const auto r = parse_activity(
    R"({"userId":7,"eventType":"add_to_cart","productId":123456789012345678,"sessionId":99,
        "eventId":"e1","category":" Electronics > Laptops / Pro ","brand":" ACME ","price":12.5,
        "quantity":3,"durationSec":1.5,"query":"x","properties":{"a" : [1, {"b":null}]},
        "producerSequence":12,"unknown":{"is":"ignored"}})",
    at_noon);
  ASSERT_TRUE(r) << r.error().field << r.error().detail;
  EXPECT_EQ(r->user_id, "7");
  EXPECT_EQ(r->id, "e1");
  EXPECT_EQ(r->time, at_noon.now_ms);
  EXPECT_EQ(r->origin.sequence, 12);
  const auto& a = std::get<activity>(r->what);
  EXPECT_EQ(a.type, activity_type::add_to_cart);
  EXPECT_EQ(a.product_id, "123456789012345678");
  EXPECT_EQ(a.session_id, "99");
  EXPECT_EQ(a.category, "electronics.laptops.pro");
  EXPECT_EQ(a.brand, "acme");
  EXPECT_EQ(a.price, 12.5);
  EXPECT_EQ(a.quantity, 3U);
  EXPECT_EQ(a.duration_sec, 1.5);
  EXPECT_EQ(a.properties, R"({"a":[1,{"b":null}]})");
}

TEST(parse_activity, each_type_needs_its_own) {
  expect_refused(parse_activity(R"({"userId":"u","eventType":"VIEW"})", at_noon), "productId",
                 "required");
  expect_refused(parse_activity(R"({"userId":"u","eventType":"SEARCH"})", at_noon), "query",
                 "required");
  EXPECT_EQ(activity_of(R"({"userId":"u","eventType":"search","query":"red shoes"})").query,
            "red shoes");
  expect_refused(
    parse_activity(R"({"userId":"u","eventType":"TIME_ON_PAGE","productId":"p"})", at_noon),
    "durationSec", "required");
  expect_refused(parse_activity(R"({"userId":"u","productId":"p"})", at_noon), "eventType");
  expect_refused(parse_activity(R"({"eventType":"VIEW","productId":"p"})", at_noon), "userId");
}

TEST(parse_activity, an_unknown_type_is_answered_with_the_list) {
  expect_refused(parse_activity(R"({"userId":"u","eventType":"LOOK","productId":"p"})", at_noon),
                 "eventType", "VIEW CLICK SCROLL TIME_ON_PAGE ADD_TO_CART REMOVE_FROM_CART SEARCH");
  expect_refused(parse_activity(R"({"userId":"u","eventType":3,"productId":"p"})", at_noon),
                 "eventType", "VIEW");
}

TEST(parse_activity, times_are_milliseconds_or_rfc_3339) {
  EXPECT_EQ(time_of("1705593600000"), 1705593600000);
  EXPECT_EQ(time_of("1705593600000.0"), 1705593600000);
  EXPECT_EQ(time_of("1.7055936e12"), 1705593600000);
  EXPECT_EQ(time_of(R"("2024-01-18T16:00:00Z")"), 1705593600000);
  EXPECT_EQ(time_of(R"("2024-01-18T18:00:00.25+02:00")"), 1705593600250);
  EXPECT_EQ(time_of(R"("2024-01-18 10:30:00.123456-05:30")"), 1705593600123);
  EXPECT_EQ(time_of(R"("2016-12-31T23:59:60z")"), 1483228800000);
  EXPECT_EQ(time_of(R"("1970-01-01T00:00:00Z")"), 0);
  EXPECT_EQ(time_of("null"), at_noon.now_ms);
}

TEST(parse_activity, other_times_are_refused) {
  for (const auto* bad : {"-1",
                          "1.5",
                          "true",
                          "[]",
                          "{}",
                          "\"\"",
                          "253402300800000",
                          "9223372036854775807",
                          "18446744073709551615",
                          "1e300",
                          "\"1705593600000\"",
                          "\"2024-01-18\"",
                          "\"2024-01-18T16:00:00\"",
                          "\"2024-02-30T00:00:00Z\"",
                          "\"2024-01-18T24:00:00Z\"",
                          "\"2024-01-18T16:60:00Z\"",
                          "\"2024-01-18T16:00:00.Z\"",
                          "\"2024-01-18T16:00:00+2:00\"",
                          "\"2024-01-18T16:00:00Zx\"",
                          "\"1969-12-31T23:59:59Z\"",
                          "\"0000-00-00T00:00:00Z\"",
                          "\"2024-01-18T16:00:00+24:00\""})
    expect_refused(parse_activity(with(view, std::string{R"("timestamp":)"}.append(bad)), at_noon),
                   "timestamp", {}, bad);
}

TEST(parse_activity, wrong_values_name_their_field) {
  const std::pair<std::string_view, std::string_view> cases[] = {
    {R"("userId":"v")", "userId"}, // given twice
    {R"("price":-0.01)", "price"},
    {R"("price":1000000001)", "price"},
    {R"("price":"12")", "price"},
    {R"("price":true)", "price"},
    {R"("quantity":0)", "quantity"},
    {R"("quantity":10001)", "quantity"},
    {R"("quantity":1.5)", "quantity"},
    {R"("quantity":"1")", "quantity"},
    {R"("durationSec":-1)", "durationSec"},
    {R"("category":7)", "category"},
    {R"("brand":["x"])", "brand"},
    {R"("properties":[1])", "properties"},
    {R"("properties":"x")", "properties"},
    {R"("sessionId":1.5)", "sessionId"},
    {R"("eventId":5)", "eventId"},
    {R"("producerSequence":0)", "producerSequence"},
    {R"("brand":"a\u0000b")", "brand"},
    {R"("category":"a\tb")", "category"},
    {R"("sessionId":"a\u007f")", "sessionId"},
  };
  for (const auto& [member, field] : cases)
    expect_refused(parse_activity(with(view, member), at_noon), field, {}, member);
}

TEST(parse_activity, lengths_are_bounded) {
  const auto text = [](std::size_t n) { return '"' + std::string(n, 'x') + '"'; };
  const auto make = [&](std::string_view name, std::size_t n) {
    return parse_activity(with(R"({"userId":"u","eventType":"SCROLL","productId":"p"})",
                               '"' + std::string{name} + "\":" + text(n)),
                          at_noon);
  };
  const std::pair<std::string_view, std::size_t> bounds[] = {{"sessionId", limits::session_id},
                                                             {"eventId", limits::event_id},
                                                             {"category", limits::category},
                                                             {"brand", limits::brand},
                                                             {"query", limits::query}};
  for (const auto& [name, bound] : bounds) {
    EXPECT_TRUE(make(name, bound)) << name;
    expect_refused(make(name, bound + 1), name, std::to_string(bound));
  }
  const auto user = [&](std::size_t n) {
    return parse_activity(R"({"eventType":"VIEW","productId":"p","userId":)" + text(n) + "}",
                          at_noon);
  };
  EXPECT_TRUE(user(256));
  expect_refused(user(257), "userId");
  expect_refused(user(0), "userId");
  const auto properties = [&](std::size_t n) {
    return parse_activity(with(view, R"("properties":{"k":)" + text(n) + "}"), at_noon);
  };
  EXPECT_TRUE(properties(limits::properties - 8));
  expect_refused(properties(limits::properties - 7), "properties");
}

TEST(parse_activity, what_is_no_json_object_is_refused_as_a_whole) {
  const std::string_view cases[] = {"",
                                    " ",
                                    "{",
                                    "}",
                                    "null",
                                    "[]",
                                    "3",
                                    "\"text\"",
                                    R"({"userId":"u")",
                                    R"({"userId":"u"}})",
                                    R"({"userId":})",
                                    "{\"userId\":\"\xff\"}",
                                    R"({"userId":"\ud800"})",
                                    R"({"price":1e999})",
                                    R"({"price":123456789012345678901234567890})",
                                    R"({"price":01})",
                                    R"({"a":NaN})",
                                    "{\"a\":\"\n\"}"};
  for (const auto text : cases) expect_refused(parse_activity(text, at_noon), "body", {}, text);
}

TEST(parse_activity, nesting_is_bounded) {
  const auto nested = [](std::size_t depth) {
    auto text = R"("properties":{"k":)" + std::string(depth, '[') + std::string(depth, ']') + "}";
    return with(view, text);
  };
  EXPECT_TRUE(parse_activity(nested(limits::json_depth - 3), at_noon));
  expect_refused(parse_activity(nested(limits::json_depth + 1), at_noon), "body", "deeper");
  expect_refused(parse_activity(std::string(100'000, '['), at_noon), "body");
  // After a long text the parser is made anew, with the same bound.
  EXPECT_TRUE(parse_activity(with(view, "\"x\":\"" + std::string(600'000, 'y') + '"'), at_noon));
  expect_refused(parse_activity(nested(limits::json_depth + 1), at_noon), "body", "deeper");
}

TEST(parse_activity, a_text_beyond_the_bound_is_too_large) {
  const auto r = parse_activity(std::string(limits::json_bytes + 1, ' '), at_noon);
  ASSERT_FALSE(r);
  EXPECT_EQ(r.error().code, ec::too_large);
  EXPECT_EQ(r.error().field, "body");
}

TEST(parse_activity, the_records_own_id_wins_and_an_empty_one_does_not_count) {
  EXPECT_EQ(parse_activity(with(view, R"("eventId":"mine")"), at_noon)->id, "mine");
  EXPECT_EQ(parse_activity(with(view, R"("eventId":"")"), at_noon)->id, "gateway-id");
  EXPECT_EQ(parse_activity(view, {5, {}})->id, "");
}

} // namespace
} // namespace riq
