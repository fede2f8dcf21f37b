#include "messages/json.hpp"

#include <limits>

#include <gtest/gtest.h>

#include "messages/event.hpp"

namespace riq {
namespace {

TEST(json, a_struct_is_an_object_of_its_fields) {
  EXPECT_EQ(to_json(order_line{"p1", 2, 9.5}), R"({"productId":"p1","quantity":2,"price":9.5})");
}

TEST(json, enums_are_their_names_and_texts_are_escaped) {
  activity a{.type = activity_type::search, .query = "a \"b\"\n\x01"};
  const auto text = to_json(a);
  EXPECT_NE(text.find(R"("eventType":"SEARCH")"), text.npos);
  EXPECT_NE(text.find(R"("query":"a \"b\"\n\u0001")"), text.npos);
}

TEST(json, a_variant_is_an_object_named_by_its_alternative) {
  EXPECT_EQ(to_json(fact{cart_abandoned{17}}), R"({"cartAbandoned":{"cartTime":17}})");
}

TEST(json, numbers_json_cannot_hold_become_zero) {
  EXPECT_EQ(to_json(order_line{"p", 1, std::numeric_limits<double>::infinity()}),
            R"({"productId":"p","quantity":1,"price":0.0})");
  EXPECT_EQ(to_json(std::vector{std::numeric_limits<double>::quiet_NaN()}), "[0.0]");
}

TEST(json, whole_integers_keep_all_their_digits) {
  EXPECT_EQ(to_json(std::vector{std::numeric_limits<std::int64_t>::min()}),
            "[-9223372036854775808]");
  EXPECT_EQ(to_json(std::vector{std::numeric_limits<std::uint64_t>::max()}),
            "[18446744073709551615]");
}

TEST(json, rendered_members_stand_beside_others) {
  const auto text = render_json([](json_writer& w) {
    w.StartObject();
    json_member(w, "properties", raw_json{R"({"a":1})"});
    write_json_members(w, cart_abandoned{3});
    json_member(w, "counts", std::map<std::string, std::uint64_t>{{"b", 2}});
    w.EndObject();
  });
  EXPECT_EQ(text, R"({"properties":{"a":1},"cartTime":3,"counts":{"b":2}})");
}

} // namespace
} // namespace riq
