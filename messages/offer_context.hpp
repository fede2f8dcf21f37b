#pragma once
// What a caller tells beside the question for an offer.

#include <string>
#include <tuple>

#include "config/fields.hpp"

namespace riq {

/// A field of the context: a text, or a number.
struct context_value {
  std::string name;
  bool is_number = false;
  double number = 0;
  std::string text;
  static constexpr auto fields() {
    using s = context_value;
    return std::tuple{field("name", &s::name), field("isNumber", &s::is_number),
                      field("number", &s::number), field("text", &s::text)};
  }
};

} // namespace riq
