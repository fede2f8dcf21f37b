#include "messages/parse_item.hpp"

#include "messages/json.hpp"
#include "messages/parse_json.hpp"
#include "parse_support.hpp"

namespace riq {
namespace {

using testing::expect_refused;

TEST(parse_item, reads_every_field) {
  const auto r = parse_item("p1", R"({"title":"Laptop Air","category":"Electronics/Laptop",
                                      "brand":"ACME","price":999.5,"tags":["thin","light"],
                                      "inStock":false})");
  ASSERT_TRUE(r) << r.error().detail;
  EXPECT_EQ(r->product_id, "p1");
  EXPECT_EQ(r->title, "Laptop Air");
  EXPECT_EQ(r->category, "electronics.laptop");
  EXPECT_EQ(r->brand, "acme");
  EXPECT_EQ(r->price, 999.5);
  EXPECT_EQ(r->tags, (std::vector<std::string>{"thin", "light"}));
  EXPECT_FALSE(r->in_stock);
}

TEST(parse_item, an_item_as_written_reads_back) {
  const item i{"p/1 \"x\"", "Über \"flat\"", "a.b", "acme", 12.25, {"t"}, true};
  const auto r = parse_item({}, to_json(i));
  ASSERT_TRUE(r) << r.error().detail;
  EXPECT_EQ(to_json(*r), to_json(i));
}

TEST(parse_item, the_id_comes_from_the_path_or_the_body_but_not_two) {
  EXPECT_EQ(parse_item("p", R"({"productId":"p"})")->product_id, "p");
  EXPECT_EQ(parse_item("7", R"({"productId":7})")->product_id, "7");
  expect_refused(parse_item("p", R"({"productId":"q"})"), "productId", "path");
  expect_refused(parse_item({}, "{}"), "productId", "required");
  expect_refused(parse_item("a\x01", "{}"), "productId");
  expect_refused(parse_item(std::string(257, 'x'), "{}"), "productId");
}

TEST(parse_item, wrong_values_name_their_field) {
  expect_refused(parse_item("p", R"({"price":"1"})"), "price");
  expect_refused(parse_item("p", R"({"inStock":"yes"})"), "inStock", "true or false");
  expect_refused(parse_item("p", R"({"tags":"a"})"), "tags");
  expect_refused(parse_item("p", R"({"tags":["a",3]})"), "tags[1]");
  expect_refused(parse_item("p", R"({"tags":["a",""]})"), "tags[1]");
  expect_refused(parse_item("p", R"({"title":"a\nb"})"), "title", "control");
  expect_refused(parse_item("p", "[]"), "body");
}

TEST(standard_text, category_paths_have_one_spelling) {
  EXPECT_EQ(standard_category("electronics.laptop"), "electronics.laptop");
  EXPECT_EQ(standard_category("  Home & Garden >  Tools//Drills. "), "home & garden.tools.drills");
  EXPECT_EQ(standard_category("///"), "");
  EXPECT_EQ(standard_category(standard_category(" A > B ")), "a.b");
  EXPECT_EQ(standard_name("  Søren & Co "), "søren & co");
}

} // namespace
} // namespace riq
