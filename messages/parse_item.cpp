#include "messages/parse_item.hpp"

#include "messages/parse_json.hpp"

namespace riq {
namespace {

enum member : std::size_t {
  product_id,
  title,
  category,
  brand,
  price,
  tags,
  in_stock,
  member_count
};
constexpr std::array<std::string_view, member_count> names{
  "productId", "title", "category", "brand", "price", "tags", "inStock"};

void read_tags(json_object& o, std::vector<std::string>& out) {
  if (o.failed() || !o.has(tags)) return;
  simdjson::dom::array list;
  if (o.at(tags).get(list) != simdjson::SUCCESS)
    return o.fail(tags, "expected an array of strings");
  if (list.size() > limits::tags)
    return o.fail(tags, "more than " + std::to_string(limits::tags) + " tags");
  for (const auto element : list) {
    std::string_view tag;
    const auto index = "tags[" + std::to_string(out.size()) + "]";
    if (element.get(tag) != simdjson::SUCCESS)
      return o.fail({ec::invalid, index, "expected a string"});
    if (!good_id(tag, limits::tag))
      return o.fail(
        {ec::invalid, index,
         "expected 1 to " + std::to_string(limits::tag) + " bytes without control characters"});
    out.emplace_back(tag);
  }
}

} // namespace

result<item> parse_item(std::string_view path_id, std::string_view json) {
  if (!path_id.empty() && !good_id(path_id, limits::product_id))
    return error{ec::invalid, "productId",
                 "expected 1 to " + std::to_string(limits::product_id) +
                   " bytes of UTF-8 without control characters"};
  const auto root = read_json(json);
  if (!root) return root.error();
  json_object o{*root, names};
  item i;
  o.id(product_id, i.product_id, limits::product_id,
       path_id.empty() ? presence::required : presence::optional);
  if (!o.failed() && !path_id.empty()) {
    if (!i.product_id.empty() && i.product_id != path_id)
      o.fail(product_id, "differs from the path's");
    i.product_id = path_id;
  }
  o.text(title, i.title, limits::title);
  o.text(category, i.category, limits::category);
  o.text(brand, i.brand, limits::brand);
  o.number(price, i.price, 0, limits::price);
  read_tags(o, i.tags);
  o.flag(in_stock, i.in_stock);
  if (o.failed()) return o.failure();
  if (!i.category.empty()) i.category = standard_category(i.category);
  if (!i.brand.empty()) i.brand = standard_name(i.brand);
  return i;
}

} // namespace riq
