#include "gateway/uri.hpp"

#include <simdjson.h>

#include <charconv>

namespace riq::gateway {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// People write a blank after a comma.
std::string_view without_blanks(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

} // namespace

bool valid_text(std::string_view text) {
  return text.find('\0') == text.npos && simdjson::validate_utf8(text.data(), text.size());
}

std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      if (i + 2 >= text.size()) return std::nullopt;
      const auto high = hex_digit(text[i + 1]);
      const auto low = hex_digit(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      out += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      out += text[i] == '+' && plus_is_space ? ' ' : text[i];
    }
  }
  if (!valid_text(out)) return std::nullopt;
  return out;
}

result<query> query::parse(std::string_view text) {
  query out;
  while (!text.empty()) {
    const auto end = text.find('&');
    const auto pair = text.substr(0, end);
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
    if (pair.empty()) continue;
    const auto equals = pair.find('=');
    auto name = percent_decode(pair.substr(0, equals), true);
    if (!name)
      return error{ec::invalid, "query", "a parameter's name has a broken escape or broken UTF-8"};
    auto value =
      percent_decode(equals == pair.npos ? std::string_view{} : pair.substr(equals + 1), true);
    if (!value) return error{ec::invalid, *name, "the value has a broken escape or broken UTF-8"};
    out.pairs_.emplace_back(std::move(*name), std::move(*value));
  }
  return out;
}

std::optional<std::string_view> query::text(std::string_view name) const {
  for (const auto& [key, value] : pairs_)
    if (key == name) return value;
  return std::nullopt;
}

std::vector<std::string> query::all(std::string_view name) const {
  std::vector<std::string> out;
  for (const auto& [key, value] : pairs_) {
    if (key != name) continue;
    for (std::string_view rest = value; !rest.empty();) {
      const auto comma = rest.find(',');
      if (const auto entry = without_blanks(rest.substr(0, comma)); !entry.empty())
        out.emplace_back(entry);
      rest.remove_prefix(comma == rest.npos ? rest.size() : comma + 1);
    }
  }
  return out;
}

result<std::int64_t> query::integer(std::string_view name, std::int64_t otherwise, std::int64_t low,
                                    std::int64_t high) const {
  const auto given = text(name);
  if (!given) return otherwise;
  std::int64_t value = 0;
  const auto* last = given->data() + given->size();
  const auto [end, failed] = std::from_chars(given->data(), last, value);
  if (failed != std::errc{} || end != last || value < low || value > high)
    return error{ec::invalid, std::string{name},
                 "must be a whole number from " + std::to_string(low) + " to " +
                   std::to_string(high)};
  return value;
}

result<bool> query::flag(std::string_view name, bool otherwise) const {
  const auto given = text(name);
  if (!given) return otherwise;
  if (*given == "true" || *given == "1" || given->empty()) return true;
  if (*given == "false" || *given == "0") return false;
  return error{ec::invalid, std::string{name}, "must be true or false"};
}

} // namespace riq::gateway
