#include "nodes/commands/import/record_writer.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "messages/hash.hpp"
#include "messages/parse_context.hpp"
#include "messages/parse_json.hpp"

namespace riq::commands {

namespace {

struct event_name {
  std::string_view name;
  std::string_view type; ///< empty: an order
};
constexpr event_name event_names[] = {
  {"VIEW", "VIEW"},
  {"CART", "ADD_TO_CART"},
  {"PURCHASE", ""},
  {"ORDER", ""},
  {"REMOVE_FROM_CART", "REMOVE_FROM_CART"},
  {"CLICK", "CLICK"},
  {"ADD_TO_CART", "ADD_TO_CART"},
  {"ADDTOCART", "ADD_TO_CART"},
  {"SCROLL", "SCROLL"},
  {"TIME_ON_PAGE", "TIME_ON_PAGE"},
  {"SEARCH", "SEARCH"},
  {"TRANSACTION", ""},
};

const event_name* find_event(std::string_view text) {
  std::array<char, 24> upper{};
  if (text.size() > upper.size()) return nullptr;
  std::transform(text.begin(), text.end(), upper.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c == ' ' || c == '-' ? '_' : c;
  });
  const std::string_view name{upper.data(), text.size()};
  const auto* found = std::find_if(std::begin(event_names), std::end(event_names),
                                   [&](const event_name& e) { return e.name == name; });
  return found == std::end(event_names) ? nullptr : found;
}

void append_text(std::string& out, std::string_view text) {
  static constexpr char digits[] = "0123456789abcdef";
  out += '"';
  const bool plain = std::none_of(text.begin(), text.end(), [](char c) {
    return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20;
  });
  if (plain) {
    out += text;
  } else {
    for (const char c : text) {
      if (c == '"' || c == '\\')
        out += {'\\', c};
      else if (static_cast<unsigned char>(c) < 0x20)
        (out += "\\u00") += {digits[c >> 4], digits[c & 15]};
      else
        out += c;
    }
  }
  out += '"';
}

template <class T>
void append_number(std::string& out, T value) {
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out.append(digits.data(), end);
}

void append_member(std::string& out, std::string_view name, std::string_view text) {
  if (!text.empty()) append_text(out += name, text);
}

bool read_number(std::string_view text, double& out) {
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), out);
  return failed == std::errc{} && end == text.data() + text.size() && std::isfinite(out);
}

error invalid(std::string_view what, std::string_view text) {
  return {ec::invalid, "", std::string{what} + " \"" + std::string{text.substr(0, 60)} + "\""};
}

} // namespace

bool read_event_time(std::string_view text, std::int64_t& ms) {
  double number = 0;
  if (read_number(text, number)) {
    // Seconds reach 1e11 in the year 5138, milliseconds were there in 1973.
    if (number < 0 || number > 1e17) return false;
    const double scaled = number < 1e11 ? number * 1e3 : number < 1e14 ? number : number / 1e3;
    ms = std::llround(scaled);
    return true;
  }
  if (read_rfc3339(text, ms)) return true;
  constexpr std::string_view utc = " UTC";
  if (text.size() > utc.size() && text.substr(text.size() - utc.size()) == utc)
    text.remove_suffix(utc.size());
  return read_rfc3339(std::string{text} + "Z", ms);
}

bool record_writer::read_time(std::string_view text, std::int64_t& ms) {
  if (text != seen_time_) {
    if (!read_event_time(text, seen_ms_)) return false;
    seen_time_ = text;
  }
  ms = seen_ms_;
  return true;
}

error record_writer::read_numbers(const row& r) {
  time_ = -1;
  if (!r[role::timestamp].empty() && !read_time(r[role::timestamp], time_))
    return invalid("unreadable time", r[role::timestamp]);
  price_ = 0;
  if (!r[role::price].empty() && !read_number(r[role::price], price_))
    return invalid("unreadable price", r[role::price]);
  return {};
}

result<written_record> record_writer::write(const row& r, std::uint64_t number) {
  out_.clear();
  const auto* event = find_event(r[role::event]);
  if (!event) return invalid("unknown event", r[role::event]);
  if (r[role::user].empty()) return error{ec::invalid, "", "the user is empty"};
  if (r[role::item].empty() && event->type != "SEARCH")
    return error{ec::invalid, "", "the item is empty"};
  if (auto bad = read_numbers(r)) return bad;
  if (event->type.empty()) {
    if (auto bad = begin_order(r, number)) return bad;
    return written_record{record_kind::order, std::string{r[role::user]}};
  }
  write_activity(r, event->type, number);
  return written_record{record_kind::activity, std::string{r[role::user]}};
}

void record_writer::write_activity(const row& r, std::string_view type, std::uint64_t number) {
  append_number(out_ += R"({"producerSequence":)", number);
  append_text(out_ += R"(,"userId":)", r[role::user]);
  append_text(out_ += R"(,"eventType":)", type);
  append_member(out_, R"(,"productId":)", r[role::item]);
  if (time_ >= 0) append_number(out_ += R"(,"timestamp":)", time_);
  const auto code = r[role::category_code];
  append_member(out_, R"(,"category":)", code.empty() ? r[role::category] : code);
  append_member(out_, R"(,"brand":)", r[role::brand]);
  if (price_ != 0) append_number(out_ += R"(,"price":)", price_);
  append_member(out_, R"(,"sessionId":)", r[role::session]);
  append_member(out_, R"(,"query":)", r[role::query]);
  double value = 0;
  if (read_number(r[role::quantity], value)) append_number(out_ += R"(,"quantity":)", value);
  if (read_number(r[role::duration], value)) append_number(out_ += R"(,"durationSec":)", value);
  out_ += "}\n";
}

error record_writer::begin_order(const row& r, std::uint64_t number) {
  append_number(out_ += R"({"producerSequence":)", number);
  if (r[role::order].empty())
    append_text(out_ += R"(,"orderId":)", import_id_ + "-" + std::to_string(number));
  else
    append_text(out_ += R"(,"orderId":)", r[role::order]);
  append_text(out_ += R"(,"userId":)", r[role::user]);
  if (time_ >= 0) append_number(out_ += R"(,"timestamp":)", time_);
  append_member(out_, R"(,"sessionId":)", r[role::session]);
  out_ += R"(,"items":[)";
  items_ = 0;
  items_end_ = out_.size();
  total_ = 0;
  return append_item(r);
}

error record_writer::add_line(const row& r) {
  if (r[role::item].empty()) return {ec::invalid, "", "the item is empty"};
  if (auto bad = read_numbers(r)) return bad;
  return append_item(r);
}

/// The order is complete after each item; the next one takes the place of its end.
error record_writer::append_item(const row& r) {
  double quantity = 1;
  if (!r[role::quantity].empty() && !read_number(r[role::quantity], quantity))
    return invalid("unreadable quantity", r[role::quantity]);
  if (items_ == limits::order_lines)
    return {ec::invalid, "",
            "an order has at most " + std::to_string(limits::order_lines) + " lines"};
  out_.resize(items_end_);
  append_text(out_ += items_++ == 0 ? R"({"productId":)" : R"(,{"productId":)", r[role::item]);
  append_number(out_ += R"(,"quantity":)", quantity);
  append_number(out_ += R"(,"price":)", price_);
  out_ += '}';
  items_end_ = out_.size();
  total_ += price_ * quantity;
  append_number(out_ += R"(],"totalAmount":)", total_);
  out_ += "}\n";
  return {};
}

std::optional<std::uint64_t> order_of(const row& r) {
  if (r[role::order].empty() || r[role::user].empty()) return {};
  const auto* event = find_event(r[role::event]);
  if (!event || !event->type.empty()) return {};
  return stable_hash(r[role::order], stable_hash(r[role::user]));
}

result<written_record> record_writer::write(std::string_view json, std::uint64_t number) {
  out_.clear();
  const auto root = read_json(json);
  if (!root) return root.error();
  simdjson::dom::object object;
  if (root->get(object) != simdjson::SUCCESS)
    return error{ec::invalid, "", "the line is no JSON object"};
  written_record written;
  simdjson::dom::element user;
  std::int64_t digits = 0;
  std::string_view text;
  if (object["userId"].get(user) != simdjson::SUCCESS)
    return error{ec::invalid, "userId", "userId is required"};
  if (user.get(text) == simdjson::SUCCESS)
    written.user = text;
  else if (user.get(digits) == simdjson::SUCCESS)
    written.user = std::to_string(digits);
  else
    return error{ec::invalid, "userId", "userId must be a string"};
  if (!object["orderId"].error()) written.kind = record_kind::order;
  json.remove_prefix(json.find('{') + 1);
  append_number(out_ += R"({"producerSequence":)", number);
  ((out_ += ',') += json) += '\n';
  return written;
}

} // namespace riq::commands
