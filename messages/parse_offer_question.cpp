#include "messages/parse_offer_question.hpp"

#include <array>
#include <cmath>

#include "messages/parse_json.hpp"

namespace riq {
namespace {

enum member : std::size_t { user_id, campaign, context, after, member_count };
constexpr std::array<std::string_view, member_count> names{"userId", "campaign", "context",
                                                           "after"};
constexpr std::size_t max_after = 4'096;

/// Empty when all is well. A null leaves `out.name` empty.
error read_value(std::string_view name, const json_element& from, context_value& out) {
  const auto wrong = [&](std::string detail) {
    return error{ec::invalid, "context." + std::string{name}, std::move(detail)};
  };
  if (!good_id(name, limits::context_text))
    return {ec::invalid, "context",
            "a field's name has 1 to " + std::to_string(limits::context_text) +
              " bytes without control characters"};
  if (from.is_null()) return {};
  out.name = name;
  std::string_view text;
  bool flag = false;
  if (from.get(text) == simdjson::SUCCESS) {
    if (text.size() > limits::context_text || has_control(text))
      return wrong("expected at most " + std::to_string(limits::context_text) +
                   " bytes without control characters");
    out.text = text;
  } else if (from.get(flag) == simdjson::SUCCESS) {
    out.is_number = true;
    out.number = flag ? 1 : 0;
  } else if (from.get(out.number) == simdjson::SUCCESS) {
    out.is_number = true;
    if (!std::isfinite(out.number) || std::abs(out.number) > limits::context_number)
      return wrong("expected a number from -1000000 to 1000000");
  } else {
    return wrong("expected a text, a number, true or false");
  }
  return {};
}

error read_context(const json_element& from, std::vector<context_value>& out) {
  simdjson::dom::object fields;
  if (from.get(fields) != simdjson::SUCCESS) return {ec::invalid, "context", "expected an object"};
  if (fields.size() > limits::context_fields)
    return {ec::invalid, "context",
            "more than " + std::to_string(limits::context_fields) + " fields"};
  for (const auto [name, value] : fields) {
    context_value v;
    if (auto bad = read_value(name, value, v)) return bad;
    if (!v.name.empty()) out.push_back(std::move(v));
  }
  return {};
}

} // namespace

result<choose_offer> parse_offer_question(std::string_view json) {
  const auto root = read_json(json);
  if (!root) return root.error();
  json_object o{*root, names};
  choose_offer q;
  o.id(user_id, q.of.user_id, limits::user_id, presence::required);
  o.text(campaign, q.campaign, bounds::name_bytes);
  o.text(after, q.of.after, max_after);
  if (!o.failed() && o.has(context))
    if (auto bad = read_context(o.at(context), q.context)) o.fail(std::move(bad));
  if (o.failed()) return o.failure();
  return q;
}

} // namespace riq
