#pragma once
// Request targets: percent-decoding, UTF-8, query strings.

#include "messages/error.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace riq::gateway {

/// Decodes %XX. Nothing for a broken escape, a NUL or text that is no UTF-8.
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space = false);

/// Whether `text` is well-formed UTF-8 (no surrogates, no overlong forms) without NUL.
bool valid_text(std::string_view text);

/// The parsed query string. Unknown parameters are ignored; of a repeated one the first counts,
/// except for `all`.
class query {
 public:
  /// `ec::invalid` with the parameter's name for a broken escape or broken UTF-8.
  static result<query> parse(std::string_view text);

  bool empty() const { return pairs_.empty(); }

  /// The value, nothing when the parameter is absent.
  std::optional<std::string_view> text(std::string_view name) const;

  /// Every value of a parameter that may be repeated or hold a comma-separated list.
  std::vector<std::string> all(std::string_view name) const;

  /// A whole number within [low, high]; `ec::invalid` naming the parameter otherwise.
  result<std::int64_t> integer(std::string_view name, std::int64_t otherwise, std::int64_t low,
                               std::int64_t high) const;

  /// true/false/1/0; present without a value counts as true.
  result<bool> flag(std::string_view name, bool otherwise) const;

 private:
  std::vector<std::pair<std::string, std::string>> pairs_;
};

} // namespace riq::gateway
