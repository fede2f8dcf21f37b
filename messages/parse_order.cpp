#include "messages/parse_order.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "messages/json.hpp"
#include "messages/parse_json.hpp"

namespace riq {
namespace {

enum member : std::size_t {
  order_id,
  user_id,
  items,
  total,
  status,
  currency,
  decision,
  timestamp,
  event_id,
  session_id,
  sequence,
  member_count
};
constexpr std::array<std::string_view, member_count> names{
  "orderId",         "userId",    "items",   "totalAmount", "status",          "currency",
  "offerDecisionId", "timestamp", "eventId", "sessionId",   "producerSequence"};

enum line_member : std::size_t { line_product, line_quantity, line_price, line_member_count };
constexpr std::array<std::string_view, line_member_count> line_names{"productId", "quantity",
                                                                     "price"};

void read_status(json_object& o, order_status& out) {
  constexpr auto allowed = "expected one of CHECKOUT COMPLETED CANCELLED";
  if (o.failed() || !o.has(status)) return;
  std::string_view text;
  if (o.at(status).get(text) != simdjson::SUCCESS) return o.fail(status, allowed);
  if (const auto known = from_name<order_status>(text))
    out = *known;
  else
    o.fail(status, allowed);
}

void read_currency(json_object& o, std::string& out) {
  o.text(currency, out, 16);
  if (o.failed() || out.empty()) return;
  for (auto& c : out)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  if (out.size() != 3 || !std::ranges::all_of(out, [](char c) { return c >= 'A' && c <= 'Z'; }))
    o.fail(currency, "expected the three letters of ISO 4217, such as USD");
}

void read_line(json_object& o, const json_element& element, std::size_t index, order& into) {
  const auto path = "items[" + std::to_string(index) + "].";
  json_object l{element, line_names, path};
  order_line line;
  std::int64_t pieces = 1;
  l.id(line_product, line.product_id, limits::product_id, presence::required);
  l.integer(line_quantity, pieces, 1, limits::quantity);
  l.number(line_price, line.price, 0, limits::price,
           into.status == order_status::cancelled ? presence::optional : presence::required);
  if (l.failed()) return o.fail(l.failure());
  line.quantity = static_cast<std::uint32_t>(pieces);
  into.items.push_back(std::move(line));
}

void read_lines(json_object& o, order& into) {
  if (o.failed()) return;
  const auto needed = into.status != order_status::cancelled;
  if (!o.has(items)) {
    if (needed) o.fail(items, "is required");
    return;
  }
  simdjson::dom::array lines;
  if (o.at(items).get(lines) != simdjson::SUCCESS) return o.fail(items, "expected an array");
  if (lines.size() > limits::order_lines)
    return o.fail(items, "more than " + std::to_string(limits::order_lines) + " lines");
  if (needed && lines.size() == 0) return o.fail(items, "must not be empty");
  into.items.reserve(lines.size());
  std::size_t index = 0;
  for (const auto line : lines) {
    read_line(o, line, index++, into);
    if (o.failed()) return;
  }
}

// What rounding explains: the total to a hundredth, and each unit's price to a hundredth.
void check_total(json_object& o, order& into) {
  double sum = 0;
  double units = 0;
  for (const auto& l : into.items) {
    sum += l.price * l.quantity;
    units += l.quantity;
  }
  // A cancellation may repeat the order's total without its lines.
  if (o.failed() || (into.status == order_status::cancelled && into.items.empty())) return;
  const auto noise = 1e-9 * std::max(1.0, sum); // of floating point
  if (!o.has(total)) {
    into.total = sum;
  } else if (std::abs(into.total - sum) > 0.01 + 0.005 * units + noise) {
    char text[128];
    std::snprintf(text, sizeof text, "totalAmount is %.2f but the items sum up to %.2f", into.total,
                  sum);
    o.fail(total, text);
  }
}

} // namespace

result<event> parse_order(std::string_view json, const parse_context& context) {
  const auto root = read_json(json);
  if (!root) return root.error();
  json_object o{*root, names};
  event e{.time = context.now_ms, .received = context.now_ms};
  e.origin.from = source::order;
  auto& r = e.what.emplace<order>();
  o.id(order_id, r.order_id, limits::order_id, presence::required);
  o.id(user_id, e.user_id, limits::user_id, presence::required);
  read_status(o, r.status);
  read_lines(o, r);
  // 500 lines of the dearest prices and quantities.
  o.number(total, r.total, 0, limits::price * limits::quantity * limits::order_lines,
           r.status == order_status::cancelled ? presence::optional : presence::required);
  check_total(o, r);
  read_currency(o, r.currency);
  o.text(decision, r.offer_decision_id, limits::decision_id);
  o.time(timestamp, e.time);
  o.text(event_id, e.id, limits::event_id);
  o.id(session_id, r.session_id, limits::session_id);
  o.integer(sequence, e.origin.sequence, 1, limits::sequence);
  if (o.failed()) return o.failure();
  if (e.id.empty()) ((e.id = "order:") += r.order_id).append(":").append(name_of(r.status));
  return e;
}

result<event> parse_cancel(std::string_view id, std::string_view json,
                           const parse_context& context) {
  if (!good_id(id, limits::order_id))
    return error{ec::invalid, "orderId",
                 "expected 1 to " + std::to_string(limits::order_id) +
                   " bytes of UTF-8 without control characters"};
  const auto root = read_json(json);
  if (!root) return root.error();
  json_object o{*root, names};
  event e{.time = context.now_ms, .received = context.now_ms};
  e.origin.from = source::order;
  auto& r = e.what.emplace<order>();
  r.status = order_status::cancelled;
  r.order_id = id;
  std::string told;
  o.id(order_id, told, limits::order_id);
  if (!o.failed() && !told.empty() && told != id) o.fail(order_id, "differs from the path's");
  o.id(user_id, e.user_id, limits::user_id, presence::required);
  o.time(timestamp, e.time);
  o.text(event_id, e.id, limits::event_id);
  o.id(session_id, r.session_id, limits::session_id);
  if (o.failed()) return o.failure();
  if (e.id.empty()) ((e.id = "order:") += r.order_id).append(":").append(name_of(r.status));
  return e;
}

std::string cancel_record(const event& cancellation) {
  const auto& r = std::get<order>(cancellation.what);
  return render_json([&](json_writer& w) {
    w.StartObject();
    json_member(w, "orderId", r.order_id);
    json_member(w, "userId", cancellation.user_id);
    json_member(w, "status", r.status);
    json_member(w, "timestamp", cancellation.time);
    json_member(w, "eventId", cancellation.id);
    if (!r.session_id.empty()) json_member(w, "sessionId", r.session_id);
    w.EndObject();
  });
}

} // namespace riq
