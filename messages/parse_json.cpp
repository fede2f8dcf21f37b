#include "messages/parse_json.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <memory>
#include <new>

namespace riq {
namespace {

// What one thread reads with. simdjson wants some bytes of room behind the text, and its tape is
// worth keeping; after an unusually large text it is given back.
struct json_reader {
  static constexpr std::size_t kept_bytes = 256 * 1024;
  simdjson::dom::parser parser{limits::json_bytes};
  std::string padded;
};

json_reader& reader_for(std::size_t size) {
  static thread_local std::unique_ptr<json_reader> reader;
  if (!reader ||
      (size <= json_reader::kept_bytes && reader->parser.capacity() > json_reader::kept_bytes)) {
    reader = std::make_unique<json_reader>();
    // The depth is fixed with the first allocation and kept by the later ones.
    if (reader->parser.allocate(4096, limits::json_depth) != simdjson::SUCCESS)
      throw std::bad_alloc{};
  }
  const auto room = size + simdjson::SIMDJSON_PADDING;
  if (reader->padded.size() < room) reader->padded.resize(room);
  return *reader;
}

std::string describe(simdjson::error_code code) {
  switch (code) {
  case simdjson::DEPTH_ERROR:
    return "nested deeper than " + std::to_string(limits::json_depth) + " levels";
  case simdjson::UTF8_ERROR:
    return "not valid UTF-8";
  case simdjson::NUMBER_ERROR:
    return "a number in it is misspelt or too large";
  case simdjson::STRING_ERROR:
    return "a string in it is misspelt";
  case simdjson::UNCLOSED_STRING:
    return "a string in it does not end";
  case simdjson::EMPTY:
    return "it is empty: send a JSON object";
  default:
    return "not valid JSON";
  }
}

std::string_view type_name(const json_element& e) {
  using simdjson::dom::element_type;
  switch (e.type()) {
  case element_type::ARRAY:
    return "an array";
  case element_type::OBJECT:
    return "an object";
  case element_type::STRING:
    return "a string";
  case element_type::BOOL:
    return "a boolean";
  case element_type::NULL_VALUE:
    return "null";
  default:
    return "a number";
  }
}

std::string shown(double x) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, x).ptr;
  return {text, end};
}

// A number without a fraction that fits; doubles are taken when they are whole.
bool whole(const json_element& e, std::int64_t& out) {
  if (e.get(out) == simdjson::SUCCESS) return true;
  double x = 0;
  if (!e.is_double() || e.get(x) != simdjson::SUCCESS) return false;
  if (!(std::abs(x) <= 0x1p53) || x != std::floor(x)) return false;
  out = static_cast<std::int64_t>(x);
  return true;
}

} // namespace

result<json_element> read_json(std::string_view text) {
  if (text.size() > limits::json_bytes)
    return error{ec::too_large, "body",
                 "longer than " + std::to_string(limits::json_bytes) + " bytes"};
  auto& reader = reader_for(text.size());
  if (!text.empty()) std::memcpy(reader.padded.data(), text.data(), text.size());
  json_element root;
  const auto code =
    reader.parser.parse(reader.padded.data(), text.size(), /*realloc_if_needed=*/false).get(root);
  if (code != simdjson::SUCCESS) return error{ec::invalid, "body", describe(code)};
  return root;
}

json_object::json_object(const json_element& value, std::span<const std::string_view> names,
                         std::string_view path)
  : names_(names), path_(path) {
  simdjson::dom::object object;
  if (value.get(object) != simdjson::SUCCESS) {
    // `items[2].` names the object itself without the dot.
    auto field = std::string{path_.substr(0, path_.empty() ? 0 : path_.size() - 1)};
    failure_ = {ec::invalid, field.empty() ? "body" : std::move(field),
                "expected an object, got " + std::string{type_name(value)}};
    return;
  }
  std::uint32_t met = 0;
  for (const auto [key, member] : object) {
    for (std::size_t i = 0; i < names_.size(); ++i) {
      if (names_[i] != key) continue;
      const auto bit = std::uint32_t{1} << i;
      if ((met & bit) != 0) fail(i, "given twice");
      met |= bit;
      if (!member.is_null()) {
        present_ |= bit;
        members_[i] = member;
      }
      break;
    }
  }
}

void json_object::fail(std::size_t name, std::string_view detail) {
  if (!failure_)
    failure_ = {ec::invalid, std::string{path_}.append(names_[name]), std::string{detail}};
}

void json_object::fail(error e) {
  if (!failure_) failure_ = std::move(e);
}

bool json_object::take(std::size_t name, presence need) {
  if (failure_) return false;
  if (!has(name) && need == presence::required) fail(name, "is required");
  return has(name);
}

void json_object::text(std::size_t name, std::string& out, std::size_t max, presence need) {
  if (!take(name, need)) return;
  std::string_view value;
  if (at(name).get(value) != simdjson::SUCCESS)
    return fail(name, "expected a string, got " + std::string{type_name(at(name))});
  if (value.size() > max) return fail(name, "longer than " + std::to_string(max) + " bytes");
  if (value.empty() && need == presence::required) return fail(name, "must not be empty");
  if (has_control(value)) return fail(name, "must not contain control characters");
  out.assign(value);
}

void json_object::id(std::size_t name, std::string& out, std::size_t max, presence need) {
  if (!take(name, need)) return;
  if (at(name).is_string()) return text(name, out, max, need);
  std::int64_t number = 0;
  std::uint64_t large = 0;
  if (at(name).get(number) == simdjson::SUCCESS)
    out = std::to_string(number);
  else if (at(name).get(large) == simdjson::SUCCESS)
    out = std::to_string(large);
  else
    fail(name, "expected a string or an integer, got " + std::string{type_name(at(name))});
}

void json_object::number(std::size_t name, double& out, double lo, double hi, presence need) {
  if (!take(name, need)) return;
  double value = 0;
  if (!at(name).is_number() || at(name).get(value) != simdjson::SUCCESS)
    return fail(name, "expected a number, got " + std::string{type_name(at(name))});
  if (!(value >= lo && value <= hi))
    return fail(name, "must be between " + shown(lo) + " and " + shown(hi));
  out = value;
}

void json_object::integer(std::size_t name, std::int64_t& out, std::int64_t lo, std::int64_t hi,
                          presence need) {
  if (!take(name, need)) return;
  std::int64_t value = 0;
  if (!at(name).is_number())
    return fail(name, "expected a whole number, got " + std::string{type_name(at(name))});
  if (!whole(at(name), value) || value < lo || value > hi)
    return fail(name, "must be a whole number between " + std::to_string(lo) + " and " +
                        std::to_string(hi));
  out = value;
}

void json_object::flag(std::size_t name, bool& out) {
  if (!take(name, presence::optional)) return;
  if (at(name).get(out) != simdjson::SUCCESS)
    fail(name, "expected true or false, got " + std::string{type_name(at(name))});
}

void json_object::time(std::size_t name, std::int64_t& out) {
  if (!take(name, presence::optional)) return;
  std::string_view text;
  if (at(name).get(text) != simdjson::SUCCESS) {
    if (!at(name).is_number())
      return fail(name, "expected epoch milliseconds or an RFC 3339 time, got " +
                          std::string{type_name(at(name))});
    return integer(name, out, 0, limits::time);
  }
  std::int64_t value = 0;
  if (!read_rfc3339(text, value) || value < 0 || value > limits::time)
    return fail(name, "expected an RFC 3339 time with its offset, such as 2025-01-18T10:30:00Z");
  out = value;
}

} // namespace riq
