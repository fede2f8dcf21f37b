#include "messages/parse_order.hpp"

#include "parse_support.hpp"

namespace riq {
namespace {

using testing::expect_refused;
using testing::with;

constexpr parse_context order_at_noon{1'700'000'000'000, {}};
constexpr std::string_view seed =
  R"({"orderId":"order_789","userId":"user_42","items":[{"productId":"laptop_pro_2024","quantity":1,"price":1299.99}],"totalAmount":1299.99})";

result<event> priced(std::string_view items, std::string_view total) {
  return parse_order(std::string{R"({"orderId":"o","userId":"u","items":[)"}
                       .append(items)
                       .append(R"(],"totalAmount":)")
                       .append(total)
                       .append("}"),
                     order_at_noon);
}

TEST(parse_order, reads_the_seeds_call) {
  const auto r = parse_order(seed, order_at_noon);
  ASSERT_TRUE(r);
  EXPECT_EQ(r->user_id, "user_42");
  EXPECT_EQ(r->time, order_at_noon.now_ms);
  EXPECT_EQ(r->origin.from, source::order);
  const auto& o = std::get<order>(r->what);
  EXPECT_EQ(o.order_id, "order_789");
  EXPECT_EQ(o.status, order_status::completed);
  ASSERT_EQ(o.items.size(), 1U);
  EXPECT_EQ(o.items[0].product_id, "laptop_pro_2024");
  EXPECT_EQ(o.items[0].quantity, 1U);
  EXPECT_EQ(o.items[0].price, 1299.99);
  EXPECT_EQ(o.total, 1299.99);
}

TEST(parse_order, reads_the_optional_fields) {
  const auto r =
    parse_order(with(seed, R"("status":"checkout","currency":"eur","offerDecisionId":"t.x",
                              "timestamp":5,"eventId":"e","sessionId":"s","producerSequence":3)"),
                order_at_noon);
  ASSERT_TRUE(r) << r.error().field << r.error().detail;
  EXPECT_EQ(r->time, 5);
  EXPECT_EQ(r->id, "e");
  EXPECT_EQ(r->origin.sequence, 3);
  const auto& o = std::get<order>(r->what);
  EXPECT_EQ(o.status, order_status::checkout);
  EXPECT_EQ(o.currency, "EUR");
  EXPECT_EQ(o.offer_decision_id, "t.x");
  EXPECT_EQ(o.session_id, "s");
}

TEST(parse_order, a_retry_of_the_same_order_has_the_same_id) {
  EXPECT_EQ(parse_order(seed, {1, "made-by-the-gateway"})->id, "order:order_789:COMPLETED");
  EXPECT_EQ(parse_order(with(seed, R"("status":"Cancelled")"), order_at_noon)->id,
            "order:order_789:CANCELLED");
}

TEST(parse_order, a_total_may_be_off_by_roundings) {
  const std::string_view lines =
    R"({"productId":"a","quantity":3,"price":0.335},{"productId":"b","price":1})";
  EXPECT_TRUE(priced(lines, "2.005"));
  EXPECT_TRUE(priced(lines, "2.035")); // four units
  EXPECT_FALSE(priced(lines, "2.04"));
  EXPECT_TRUE(priced(R"({"productId":"a","price":1000})", "1000.01"));
  EXPECT_TRUE(priced(R"({"productId":"a","price":1000})", "999.99"));
  EXPECT_FALSE(priced(R"({"productId":"a","price":1000})", "1000.02"));
  // A third of a hundredth a piece, rounded down.
  EXPECT_TRUE(priced(R"({"productId":"a","quantity":3000,"price":0.33})", "1000"));
  EXPECT_TRUE(priced(R"({"productId":"a","price":0})", "0"));
  EXPECT_TRUE(
    priced(R"({"productId":"a","quantity":10000,"price":123456789.01})", "1234567890100"));
}

TEST(parse_order, a_total_that_does_not_fit_is_refused_with_both_numbers) {
  const auto r = priced(R"({"productId":"a","quantity":2,"price":10.5})", "12");
  expect_refused(r, "totalAmount", "12.00");
  expect_refused(r, "totalAmount", "21.00");
}

TEST(parse_order, wrong_lines_are_named_by_their_place) {
  constexpr auto good = R"({"productId":"a","price":1},{"productId":"b","price":1},)";
  const std::pair<std::string_view, std::string_view> cases[] = {
    {R"({"productId":"c","price":-1})", "items[2].price"},
    {R"({"productId":"c"})", "items[2].price"},
    {R"({"price":1})", "items[2].productId"},
    {R"({"productId":"c","price":1,"quantity":0})", "items[2].quantity"},
    {R"({"productId":"c","price":1,"price":2})", "items[2].price"},
    {R"({"productId":"c","price":1e10})", "items[2].price"},
    {R"({"productId":"","price":1})", "items[2].productId"},
    {R"(7)", "items[2]"},
    {R"(null)", "items[2]"},
    {R"([])", "items[2]"},
  };
  for (const auto& [line, field] : cases)
    expect_refused(priced(std::string{good}.append(line), "3"), field, {}, line);
}

TEST(parse_order, wrong_values_name_their_field) {
  expect_refused(priced("", "0"), "items", "empty");
  expect_refused(parse_order(R"({"orderId":"o","userId":"u","totalAmount":1})", order_at_noon),
                 "items");
  expect_refused(
    parse_order(R"({"orderId":"o","userId":"u","items":{},"totalAmount":1})", order_at_noon),
    "items");
  expect_refused(
    parse_order(R"({"userId":"u","items":[{"productId":"a","price":1}],"totalAmount":1})",
                order_at_noon),
    "orderId");
  expect_refused(
    parse_order(R"({"orderId":"o","items":[{"productId":"a","price":1}],"totalAmount":1})",
                order_at_noon),
    "userId");
  expect_refused(
    parse_order(R"({"orderId":"o","userId":"u","items":[{"productId":"a","price":1}]})",
                order_at_noon),
    "totalAmount");
  expect_refused(parse_order(with(seed, R"("status":"PAID")"), order_at_noon), "status",
                 "CANCELLED");
  expect_refused(parse_order(with(seed, R"("status":1)"), order_at_noon), "status");
  expect_refused(parse_order(with(seed, R"("currency":"EURO")"), order_at_noon), "currency");
  expect_refused(parse_order(with(seed, R"("currency":"E1R")"), order_at_noon), "currency");
  expect_refused(parse_order(with(seed, R"("totalAmount":1)"), order_at_noon), "totalAmount",
                 "twice");
  expect_refused(parse_order("[]", order_at_noon), "body");
}

TEST(parse_order, the_number_of_lines_is_bounded) {
  const auto lines = [](std::size_t n) {
    std::string text;
    for (std::size_t i = 0; i < n; ++i) text += R"({"productId":"a","price":1},)";
    text.pop_back();
    return priced(text, std::to_string(n));
  };
  EXPECT_TRUE(lines(500));
  expect_refused(lines(501), "items", "500");
}

TEST(parse_order, a_cancellation_needs_no_lines) {
  const auto r = parse_order(R"({"orderId":"o","userId":"u","status":"CANCELLED"})", order_at_noon);
  ASSERT_TRUE(r);
  EXPECT_TRUE(std::get<order>(r->what).items.empty());
  EXPECT_TRUE(parse_order(R"({"orderId":"o","userId":"u","status":"CANCELLED","totalAmount":12})",
                          order_at_noon));
}

TEST(parse_cancel, reads_the_body_and_becomes_a_record_that_reads_back) {
  const auto r = parse_cancel("order_789", R"({"userId":"user_42","timestamp":77})", order_at_noon);
  ASSERT_TRUE(r);
  EXPECT_EQ(r->id, "order:order_789:CANCELLED");
  EXPECT_EQ(r->time, 77);
  const auto back = parse_order(cancel_record(*r), {99, {}});
  ASSERT_TRUE(back) << back.error().detail;
  EXPECT_EQ(back->id, r->id);
  EXPECT_EQ(back->user_id, "user_42");
  EXPECT_EQ(back->time, 77);
  EXPECT_EQ(std::get<order>(back->what).order_id, "order_789");
  EXPECT_EQ(std::get<order>(back->what).status, order_status::cancelled);
}

TEST(parse_cancel, refuses_what_does_not_fit) {
  expect_refused(parse_cancel("o", "{}", order_at_noon), "userId");
  expect_refused(parse_cancel("o", R"({"userId":"u","orderId":"p"})", order_at_noon), "orderId",
                 "path");
  expect_refused(parse_cancel("", R"({"userId":"u"})", order_at_noon), "orderId");
  expect_refused(parse_cancel("\xff", R"({"userId":"u"})", order_at_noon), "orderId");
  expect_refused(parse_cancel("o", "", order_at_noon), "body");
}

} // namespace
} // namespace riq
