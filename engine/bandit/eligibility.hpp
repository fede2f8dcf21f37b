#pragma once
// Who may get an offer, as an expression over fields of the context:
//
//   cart_value >= 50 and (segment in (new, lapsed) or not first_order)
//
//   expression = term { "or" term }           term = factor { "and" factor }
//   factor     = "not" factor | "(" expression ")" | comparison
//   comparison = field [ operator value | "in" "(" value { "," value } ")" ]
//   operator   = "=" | "==" | "!=" | "<" | "<=" | ">" | ">="
//   value      = number | word | "text" | 'text' | true | false
//
// A field alone is true when it is a number other than 0. A comparison with a field that is not
// known, or of another type, is false; "!=" is then true.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/bandit/own_fields.hpp"
#include "messages/error.hpp"

namespace riq::engine {

class eligibility {
 public:
  /// Everybody.
  eligibility() = default;

  /// `ec::invalid` with the character that is wrong, or a field that is neither the user's own nor
  /// one of `fields`. Empty text: everybody.
  static result<eligibility> compile(std::string_view text, std::span<const std::string> fields);

  bool admits(const field_lookup& fields) const;
  bool empty() const { return steps_.empty(); }

  enum class what : std::uint8_t { test, both, either, negate };
  enum class relation : std::uint8_t { truth, equal, differs, less, at_most, greater, at_least };
  /// In postfix order; a test compares with any of its values.
  struct step {
    what kind = what::test;
    relation compare = relation::truth;
    std::string field;
    std::vector<context_value> values;
  };

 private:
  std::vector<step> steps_;
};

} // namespace riq::engine
