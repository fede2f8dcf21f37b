#include "config/load.hpp"

#include <charconv>
#include <cstdio>
#include <type_traits>

namespace riq {

namespace {

std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(c));
      out += escape;
    } else {
      out += c;
    }
  }
  return out + '"';
}

template <class T>
std::string value_text(const T& value) {
  if constexpr (std::is_same_v<T, bool>) {
    return value ? "true" : "false";
  } else if constexpr (std::is_integral_v<T>) {
    return std::to_string(value);
  } else if constexpr (std::is_floating_point_v<T>) {
    char digits[32];
    std::string text(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
    return text.find_first_of(".en") == std::string::npos ? text + ".0" : text;
  } else if constexpr (named_enum<T>) {
    return in_quotes(name_of(value));
  } else if constexpr (std::is_same_v<T, std::string>) {
    return in_quotes(value);
  } else {
    std::string list;
    for (const auto& text : value) list += (list.empty() ? "" : ", ") + in_quotes(text);
    return "[" + list + "]";
  }
}

bool is_secret(const std::string& path) {
  return path == "auth.token_secret" || path == "auth.keys.sha256" ||
         path == "kafka.sasl_password" || path == "triggers.targets.secret";
}

struct dumper {
  bool redact;
  std::string out = {};

  /// Values first, tables after: what follows a table's header would belong to it.
  template <described T>
  void members(const T& x, const std::string& path) {
    const auto prefix = path.empty() ? path : path + ".";
    for_each_field(x, [&](std::string_view name, const auto& value) {
      if constexpr (!is_table<decltype(value)>) {
        const auto own = prefix + std::string{name};
        out += std::string{name} + " = ";
        if constexpr (std::is_same_v<std::remove_cvref_t<decltype(value)>, std::string>)
          out += redact && is_secret(own) && !value.empty() ? in_quotes("***") : value_text(value);
        else
          out += value_text(value);
        out += '\n';
      }
    });
    for_each_field(x, [&](std::string_view name, const auto& value) {
      if constexpr (is_table<decltype(value)>) tables(value, prefix + std::string{name});
    });
  }

 private:
  template <class T>
  static constexpr bool is_list = requires {
    typename T::value_type::value_type;
  }
  == false && requires(const T& x) { x.front().fields(); };
  template <class T>
  static constexpr bool is_table =
    described<std::remove_cvref_t<T>> || is_list<std::remove_cvref_t<T>>;

  template <class T>
  void tables(const T& value, const std::string& path) {
    const auto blank = out.empty() ? "" : "\n";
    if constexpr (described<T>) {
      out += blank + ("[" + path + "]\n");
      members(value, path);
    } else {
      for (const auto& each : value) {
        out += "\n[[" + path + "]]\n";
        members(each, path);
      }
    }
  }
};

} // namespace

std::string dump_settings(const settings& s, bool redact) {
  dumper d{redact};
  d.members(s, "");
  return std::move(d.out);
}

} // namespace riq
