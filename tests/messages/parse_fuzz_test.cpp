// Random mutations of valid JSON: whatever comes in, out comes a value within its bounds or an
// error that names a field.

#include <cmath>

#include "filled.hpp"
#include "messages/parse_activity.hpp"
#include "messages/parse_item.hpp"
#include "messages/parse_order.hpp"
#include "parse_support.hpp"

namespace riq {
namespace {

using testing::below;
using testing::generator;

constexpr parse_context now{1'700'000'000'000, "id"};

const std::string_view corpus[] = {
  R"({"userId":"user_42","eventType":"VIEW","productId":"laptop","sessionId":"s","timestamp":1705593600000})",
  R"({"userId":7,"eventType":"TIME_ON_PAGE","productId":"p","durationSec":1.5e1,"properties":{"a":[1,true,null]}})",
  R"({"userId":"u","eventType":"SEARCH","query":"r\u00e9d \"shoes\"","timestamp":"2024-01-18T16:00:00.5Z"})",
  R"({"orderId":"o","userId":"u","items":[{"productId":"a","quantity":2,"price":10.5},{"productId":"b","price":1}],"totalAmount":22,"currency":"EUR","status":"COMPLETED"})",
  R"({"productId":"p1","title":"Laptop","category":"a/b > c","brand":"B","price":9,"tags":["x","y"],"inStock":true})"};

const std::string_view tokens[] = {"{",
                                   "}",
                                   "[",
                                   "]",
                                   ",",
                                   ":",
                                   "\"",
                                   "\\",
                                   "null",
                                   "true",
                                   "1e9",
                                   "-0",
                                   "1e999",
                                   "\\u0000",
                                   "\\ud800",
                                   "\xff",
                                   "\xed\xa0\x80",
                                   "0.1",
                                   "\n",
                                   "\0",
                                   "9223372036854775808",
                                   "\"userId\":\"\",",
                                   "[[[[[[[[[[[[[[[[[[",
                                   "\"items\":[{}],",
                                   "CANCELLED"};

void mutate(std::string& text, generator& g) {
  const auto place = below(g, text.size() + 1);
  switch (below(g, 5)) {
  case 0:
    text.insert(place, tokens[below(g, std::size(tokens))]);
    break;
  case 1:
    text.erase(place, below(g, 12));
    break;
  case 2:
    if (place < text.size()) text[place] = static_cast<char>(g());
    break;
  case 3:
    text.insert(place, text.substr(below(g, text.size() + 1), below(g, 40)));
    break;
  default:
    text.resize(place);
    break;
  }
}

template <class T>
void expect_a_field(const result<T>& r, const std::string& text) {
  ASSERT_FALSE(r.error().field.empty()) << text;
  ASSERT_FALSE(r.error().detail.empty()) << text;
  ASSERT_TRUE(r.error().code == ec::invalid || r.error().code == ec::too_large) << text;
}

void check(const result<event>& r, const std::string& text) {
  if (!r) return expect_a_field(r, text);
  ASSERT_TRUE(!r->user_id.empty() && r->user_id.size() <= limits::user_id) << text;
  ASSERT_TRUE(r->time >= 0 && r->time <= limits::time) << text;
  if (const auto* a = std::get_if<activity>(&r->what)) {
    ASSERT_TRUE(std::isfinite(a->price) && a->price >= 0) << text;
    ASSERT_TRUE(a->quantity >= 1 && a->quantity <= limits::quantity) << text;
    ASSERT_TRUE(!a->product_id.empty() || a->type == activity_type::search) << text;
  } else {
    const auto& o = std::get<order>(r->what);
    ASSERT_FALSE(o.order_id.empty()) << text;
    ASSERT_TRUE(!o.items.empty() || o.status == order_status::cancelled) << text;
    for (const auto& line : o.items) ASSERT_TRUE(std::isfinite(line.price)) << text;
  }
}

TEST(parse_fuzz, mutated_records_are_read_or_refused_with_a_field) {
  generator g{20240118};
  int accepted = 0;
  for (int round = 0; round < 30'000; ++round) {
    std::string text{corpus[below(g, std::size(corpus))]};
    for (auto n = below(g, 4); n > 0; --n) mutate(text, g);
    const auto a = parse_activity(text, now);
    const auto o = parse_order(text, now);
    const auto c = parse_cancel("o", text, now);
    const auto i = parse_item({}, text);
    check(a, text);
    check(o, text);
    check(c, text);
    if (!i) expect_a_field(i, text);
    if (::testing::Test::HasFatalFailure()) return;
    accepted += static_cast<int>(static_cast<bool>(a)) + static_cast<bool>(o);
  }
  EXPECT_GT(accepted, 5'000); // the mutations leave enough that is valid
}

TEST(parse_fuzz, random_bytes_are_refused) {
  generator g{5};
  for (int round = 0; round < 10'000; ++round) {
    std::string text(below(g, 200), '\0');
    for (auto& c : text) c = static_cast<char>(g());
    const auto r = parse_activity(text, now);
    ASSERT_FALSE(r);
    ASSERT_EQ(r.error().field, "body");
  }
}

} // namespace
} // namespace riq
