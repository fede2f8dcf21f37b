#include "messages/parse_activity.hpp"

#include "messages/parse_json.hpp"

namespace riq {
namespace {

enum member : std::size_t {
  user_id,
  event_type,
  product_id,
  session_id,
  timestamp,
  event_id,
  category,
  brand,
  price,
  quantity,
  duration,
  query,
  properties,
  sequence,
  member_count
};
constexpr std::array<std::string_view, member_count> names{
  "userId", "eventType", "productId", "sessionId",   "timestamp", "eventId",    "category",
  "brand",  "price",     "quantity",  "durationSec", "query",     "properties", "producerSequence"};

const std::string& allowed_types() {
  static const auto text = [] {
    std::string out = "expected one of";
    for (const auto name : enum_names(activity_type{})) (out += ' ') += name;
    return out;
  }();
  return text;
}

void read_type(json_object& o, activity_type& out) {
  if (o.failed()) return;
  if (!o.has(event_type)) return o.fail(event_type, "is required");
  std::string_view text;
  if (o.at(event_type).get(text) != simdjson::SUCCESS) return o.fail(event_type, allowed_types());
  if (const auto type = from_name<activity_type>(text))
    out = *type;
  else
    o.fail(event_type, allowed_types());
}

void read_properties(json_object& o, std::string& out) {
  if (o.failed() || !o.has(properties)) return;
  if (!o.at(properties).is_object()) return o.fail(properties, "expected an object");
  auto text = simdjson::minify(o.at(properties));
  if (text.size() > limits::properties)
    return o.fail(properties, "longer than " + std::to_string(limits::properties) + " bytes");
  if (text.size() > 2) out = std::move(text); // an empty object tells nothing
}

} // namespace

result<parsed_activity> parse_activity(std::string_view json, const parse_context& context) {
  const auto root = read_json(json);
  if (!root) return root.error();
  json_object o{*root, names};
  event e{.id = std::string{context.event_id}, .time = context.now_ms, .received = context.now_ms};
  auto& a = e.what.emplace<activity>();
  std::int64_t pieces = 1;
  o.id(user_id, e.user_id, limits::user_id, presence::required);
  read_type(o, a.type);
  const auto search = a.type == activity_type::search;
  o.id(product_id, a.product_id, limits::product_id,
       search ? presence::optional : presence::required);
  o.text(query, a.query, limits::query, search ? presence::required : presence::optional);
  o.number(duration, a.duration_sec, 0, limits::duration_sec,
           a.type == activity_type::time_on_page ? presence::required : presence::optional);
  o.time(timestamp, e.time);
  o.id(session_id, a.session_id, limits::session_id);
  if (o.has(event_id)) o.text(event_id, e.id, limits::event_id);
  o.text(category, a.category, limits::category);
  o.text(brand, a.brand, limits::brand);
  o.number(price, a.price, 0, limits::price);
  o.integer(quantity, pieces, 1, limits::quantity);
  o.integer(sequence, e.origin.sequence, 1, limits::sequence);
  read_properties(o, a.properties);
  if (o.failed()) return o.failure();
  if (e.id.empty()) e.id = context.event_id;
  if (!a.category.empty()) a.category = standard_category(a.category);
  if (!a.brand.empty()) a.brand = standard_name(a.brand);
  a.quantity = static_cast<std::uint32_t>(pieces);
  return e;
}

} // namespace riq
