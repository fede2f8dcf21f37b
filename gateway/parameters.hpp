#pragma once
// Query parameters as objects that are used twice: a route lists them, which documents them, and
// its handler reads through them, which checks them. So the documentation cannot drift.

#include "gateway/request.hpp"
#include "messages/error.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace riq::gateway {

/// What the API document says of a parameter.
struct parameter {
  std::string_view name;
  std::string_view about;
  std::string schema; ///< JSON schema
  bool required = false;
};

/// A whole number with bounds.
struct integer_parameter {
  std::string_view name;
  std::int64_t otherwise; ///< when absent
  std::int64_t low;
  std::int64_t high;
  std::string_view about;

  result<std::int64_t> read(const request& r) const {
    return r.parameters.integer(name, otherwise, low, high);
  }
  operator parameter() const {
    return {name, about,
            R"({"type":"integer","minimum":)" + std::to_string(low) + R"(,"maximum":)" +
              std::to_string(high) + R"(,"default":)" + std::to_string(otherwise) + "}"};
  }
};

struct flag_parameter {
  std::string_view name;
  bool otherwise;
  std::string_view about;

  result<bool> read(const request& r) const { return r.parameters.flag(name, otherwise); }
  operator parameter() const {
    return {name, about,
            otherwise ? R"({"type":"boolean","default":true})"
                      : R"({"type":"boolean","default":false})"};
  }
};

/// A text of at most `longest` bytes; empty when absent.
struct text_parameter {
  std::string_view name;
  std::size_t longest;
  std::string_view about;

  result<std::string> read(const request& r) const {
    const auto given = r.parameters.text(name);
    if (given && given->size() > longest)
      return error{ec::invalid, std::string{name},
                   "may have at most " + std::to_string(longest) + " bytes"};
    return std::string{given.value_or(std::string_view{})};
  }
  operator parameter() const {
    return {name, about, R"({"type":"string","maxLength":)" + std::to_string(longest) + "}"};
  }
};

/// A list of at most `most` texts: repeated, or separated by commas.
struct list_parameter {
  std::string_view name;
  std::size_t most;
  std::string_view about;

  result<std::vector<std::string>> read(const request& r) const {
    auto out = r.parameters.all(name);
    if (out.size() > most)
      return error{ec::invalid, std::string{name},
                   "may have at most " + std::to_string(most) + " entries"};
    return out;
  }
  operator parameter() const {
    return {name, about,
            R"({"type":"array","items":{"type":"string"},"maxItems":)" + std::to_string(most) +
              "}"};
  }
};

} // namespace riq::gateway
