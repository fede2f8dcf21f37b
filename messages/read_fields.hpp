#pragma once
// Reading a described struct out of a caller's JSON, strictly: an unknown member, a wrong type or a
// number out of range is an error whose field is a JSON pointer (RFC 6901). Members that are absent
// keep their defaults.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "config/fields.hpp"
#include "messages/parse_json.hpp"

namespace riq {
namespace read_fields_detail {

template <class T>
struct is_list : std::false_type {};
template <class T>
struct is_list<std::vector<T>> : std::true_type {};

inline constexpr std::size_t max_list = 1'000;
inline constexpr std::size_t max_text = 4'000;

/// RFC 6901's escapes.
inline std::string escaped(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (c == '~')
      out += "~0";
    else if (c == '/')
      out += "~1";
    else
      out += c;
  }
  return out;
}

template <class E>
std::string choices() {
  std::string out;
  for (const auto name : enum_names(E{})) out.append(out.empty() ? "" : ", ").append(name);
  return out;
}

} // namespace read_fields_detail

/// Reads `from` into `to`; `path` is the pointer to it.
template <class T>
error read_fields(const json_element& from, T& to, const std::string& path = {});

namespace read_fields_detail {

template <described T>
error read_struct(const json_element& from, T& to, const std::string& path) {
  simdjson::dom::object members;
  if (from.get(members) != simdjson::SUCCESS) return {ec::invalid, path, "expected an object"};
  for (const auto [key, value] : members) {
    const auto at = path + "/" + escaped(key);
    bool known = false;
    error bad;
    std::string names;
    for_each_field(
      to, [&, name_of_member = key, from_here = value](std::string_view name, auto& member) {
        names.append(names.empty() ? "" : ", ").append(name);
        if (name != name_of_member) return;
        known = true;
        bad = read_fields(from_here, member, at);
      });
    if (!known) return {ec::invalid, at, "there is no such member; the members are " + names};
    if (bad) return bad;
  }
  return {};
}

template <class T>
error read_list(const json_element& from, std::vector<T>& to, const std::string& path) {
  simdjson::dom::array values;
  if (from.get(values) != simdjson::SUCCESS) return {ec::invalid, path, "expected an array"};
  if (values.size() > max_list)
    return {ec::invalid, path, "more than " + std::to_string(max_list) + " elements"};
  to.clear();
  for (const auto value : values) {
    const auto at = path + "/" + std::to_string(to.size());
    if (auto bad = read_fields(value, to.emplace_back(), at)) return bad;
  }
  return {};
}

template <class T>
error read_number(const json_element& from, T& to, const std::string& path) {
  if constexpr (std::is_integral_v<T>) {
    double whole = 0;
    std::int64_t exact = 0;
    const bool ok = from.get(exact) == simdjson::SUCCESS ||
                    (from.get(whole) == simdjson::SUCCESS && whole == std::floor(whole) &&
                     std::abs(whole) < 9e15 && (exact = static_cast<std::int64_t>(whole), true));
    if (!ok || !std::in_range<T>(exact))
      return {ec::invalid, path,
              "expected a whole number from " + std::to_string(std::numeric_limits<T>::min()) +
                " to " + std::to_string(std::numeric_limits<T>::max())};
    to = static_cast<T>(exact);
  } else {
    if (from.get(to) != simdjson::SUCCESS || !std::isfinite(to))
      return {ec::invalid, path, "expected a number"};
  }
  return {};
}

} // namespace read_fields_detail

template <class T>
error read_fields(const json_element& from, T& to, const std::string& path) {
  using namespace read_fields_detail;
  if constexpr (described<T>) {
    return read_struct(from, to, path);
  } else if constexpr (is_list<T>::value) {
    return read_list(from, to, path);
  } else if constexpr (std::is_same_v<T, bool>) {
    if (from.get(to) != simdjson::SUCCESS) return {ec::invalid, path, "expected true or false"};
    return {};
  } else if constexpr (std::is_arithmetic_v<T>) {
    return read_number(from, to, path);
  } else {
    std::string_view text;
    if (from.get(text) != simdjson::SUCCESS) return {ec::invalid, path, "expected a string"};
    if constexpr (named_enum<T>) {
      const auto named = from_name<T>(text);
      if (!named) return {ec::invalid, path, "expected one of " + choices<T>()};
      to = *named;
    } else {
      if (text.size() > max_text || has_control(text))
        return {ec::invalid, path,
                "expected at most " + std::to_string(max_text) +
                  " bytes without control characters"};
      to = text;
    }
    return {};
  }
}

} // namespace riq
