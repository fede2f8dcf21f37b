#pragma once
// Reading described structs out of TOML nodes and out of single texts (environment, --set). Only
// load.cpp includes this.

#include <algorithm>
#include <charconv>
#include <concepts>
#include <limits>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <toml++/toml.h>

#include "config/fields.hpp"
#include "config/names.hpp"
#include "config/result.hpp"

namespace riq::config_detail {

using failure = std::optional<config_error>;

template <class T>
concept list_of_described =
  described<typename T::value_type> && std::same_as<T, std::vector<typename T::value_type>>;

template <described T>
std::vector<std::string> field_names() {
  std::vector<std::string> names;
  std::apply([&](const auto&... f) { (names.emplace_back(f.name), ...); }, T::fields());
  return names;
}

template <named_enum E>
std::string alternatives() {
  std::string text;
  for (auto name : enum_names(E{})) text += (text.empty() ? "" : ", ") + std::string{name};
  return "one of " + text;
}

/// What a value of this type looks like, for messages.
template <class T>
std::string expected() {
  if constexpr (std::is_same_v<T, bool>)
    return "true or false";
  else if constexpr (std::is_integral_v<T>)
    return "an integer from " + std::to_string(std::numeric_limits<T>::min()) + " to " +
           std::to_string(std::numeric_limits<T>::max());
  else if constexpr (std::is_floating_point_v<T>)
    return "a number";
  else if constexpr (std::is_same_v<T, std::string>)
    return "a string";
  else if constexpr (named_enum<T>)
    return alternatives<T>();
  else if constexpr (described<T>)
    return "a table";
  else if constexpr (list_of_described<T>)
    return "a list of tables";
  else
    return "a list of strings";
}

/// Reads nodes of one document; `document` is how messages call it.
class node_reader {
 public:
  explicit node_reader(std::string document) : document_(std::move(document)) {}

  template <class T>
  failure read(const toml::node& node, T& out, const std::string& path) const {
    if constexpr (described<T>) {
      const auto* table = node.as_table();
      return table ? read_table(*table, out, path) : wrong<T>(node, path);
    } else if constexpr (std::is_same_v<T, bool>) {
      const auto* value = node.as_boolean();
      if (!value) return wrong<T>(node, path);
      out = value->get();
    } else if constexpr (std::is_integral_v<T>) {
      const auto* value = node.as_integer();
      if (!value || !std::in_range<T>(value->get())) return wrong<T>(node, path);
      out = static_cast<T>(value->get());
    } else if constexpr (std::is_floating_point_v<T>) {
      if (const auto* value = node.as_floating_point())
        out = value->get();
      else if (const auto* whole = node.as_integer())
        out = static_cast<T>(whole->get());
      else
        return wrong<T>(node, path);
    } else if constexpr (std::is_same_v<T, std::string>) {
      const auto* value = node.as_string();
      if (!value) return wrong<T>(node, path);
      out = value->get();
    } else if constexpr (named_enum<T>) {
      const auto* value = node.as_string();
      const auto named = value ? from_name<T>(value->get()) : std::nullopt;
      if (!named) return wrong<T>(node, path);
      out = *named;
    } else {
      return read_list(node, out, path);
    }
    return {};
  }

  std::string at(const toml::node& node) const { return at(node.source().begin); }
  std::string at(const toml::source_position& where) const {
    return document_ + ":" + std::to_string(where.line) + ":" + std::to_string(where.column);
  }

 private:
  template <class T>
  failure read_table(const toml::table& table, T& out, const std::string& path) const {
    const auto prefix = path.empty() ? std::string{} : path + ".";
    const auto known = field_names<T>();
    for (const auto& [key, value] : table) {
      const std::string name{key.str()};
      if (std::find(known.begin(), known.end(), name) == known.end())
        return config_error{at(value), "there is no setting \"" + prefix + name + "\"" +
                                         suggestion(name, known)};
    }
    failure first;
    for_each_field(out, [&](std::string_view name, auto& member) {
      if (const auto* node = first ? nullptr : table.get(name))
        first = read(*node, member, prefix + std::string{name});
    });
    return first;
  }

  template <class T>
  failure read_list(const toml::node& node, std::vector<T>& out, const std::string& path) const {
    const auto* array = node.as_array();
    if (!array) return wrong<std::vector<T>>(node, path);
    std::vector<T> list(array->size());
    for (std::size_t i = 0; i < list.size(); ++i)
      if (auto bad = read(*array->get(i), list[i], path + "." + std::to_string(i))) return bad;
    out = std::move(list);
    return {};
  }

  template <class T>
  failure wrong(const toml::node& node, const std::string& path) const {
    std::string got = "a list or a table";
    node.visit([&](const auto& value) {
      if constexpr (toml::is_value<decltype(value)>) {
        std::ostringstream text;
        text << value;
        got = text.str();
      }
    });
    return config_error{at(node), path + " must be " + expected<T>() + ", not " + got};
  }

  std::string document_;
};

/// Splits at commas; blanks around the parts do not count.
std::vector<std::string> split_list(std::string_view text);

/// Parses `text` as the right side of a TOML assignment. `where` names the origin in errors.
config_result<toml::table> parse_value(const std::string& where, std::string_view text);

/// Sets one member from a text as it stands in a variable of the environment or after `--set k=`.
template <class T>
failure read_text(const std::string& where, std::string_view text, T& out) {
  const auto wrong = [&] {
    return config_error{where, "must be " + expected<T>() + ", not \"" + std::string{text} + "\""};
  };
  if constexpr (std::is_same_v<T, std::string>) {
    out = text;
  } else if constexpr (std::is_same_v<T, bool>) {
    if (text == "true" || text == "1" || text == "yes" || text == "on")
      out = true;
    else if (text == "false" || text == "0" || text == "no" || text == "off")
      out = false;
    else
      return wrong();
  } else if constexpr (std::is_arithmetic_v<T>) {
    T value{};
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failed != std::errc{} || end != text.data() + text.size()) return wrong();
    out = value;
  } else if constexpr (named_enum<T>) {
    const auto named = from_name<T>(text);
    if (!named) return wrong();
    out = *named;
  } else if constexpr (described<T>) {
    return config_error{where, "is a section: name one of its settings"};
  } else {
    if constexpr (std::is_same_v<T, std::vector<std::string>>) {
      if (text.empty() || text.front() != '[') return out = split_list(text), failure{};
    }
    auto table = parse_value(where, text);
    if (!table) return table.error();
    return node_reader{where}.read(*table->get("value"), out, "value");
  }
  return {};
}

/// Calls `use(member)` for the setting of this name in `x`. Members of lists are named by their
/// index: `campaigns.0.epsilon`. An unknown name is an error that starts with `where`.
template <class T, class F>
failure with_setting(const std::string& where, T& x, std::string_view name, F&& use) {
  const auto dot = name.find('.');
  const std::string head{name.substr(0, dot)};
  const bool last = dot == std::string_view::npos;
  failure found = config_error{};
  bool matched = false;
  const auto descend = [&](auto& member) {
    matched = true;
    if (last)
      found = use(member);
    else if constexpr (described<std::remove_cvref_t<decltype(member)>> ||
                       requires { typename std::remove_cvref_t<decltype(member)>::value_type; })
      found = with_setting(where, member, name.substr(dot + 1), use);
    else
      found = config_error{where, "\"" + head + "\" has no settings below it"};
  };
  if constexpr (described<T>) {
    for_each_field(x, [&](std::string_view field, auto& member) {
      if (field == head) descend(member);
    });
    if (!matched)
      return config_error{where, "there is no setting \"" + head + "\"" +
                                   suggestion(head, field_names<T>())};
  } else if constexpr (list_of_described<T>) {
    std::size_t index = x.size();
    std::from_chars(head.data(), head.data() + head.size(), index);
    if (index >= x.size())
      return config_error{where,
                          "\"" + head + "\" is no index of a list of " + std::to_string(x.size())};
    descend(x[index]);
  } else {
    return config_error{where, "\"" + head + "\" names no setting"};
  }
  return found;
}

} // namespace riq::config_detail
