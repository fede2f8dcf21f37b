#pragma once
// The body of POST /api/offers/decide.

#include <string_view>

#include "messages/error.hpp"
#include "messages/questions.hpp"

namespace riq {

namespace limits {
inline constexpr std::size_t context_fields = 64;
inline constexpr std::size_t context_text = 128;
inline constexpr double context_number = 1e6; ///< beyond, a regression would drown in it
} // namespace limits

/// `{"userId","campaign","context":{"segment":"seg2","f0":0.4,…},"after"}`. A context field is a
/// text, a finite number, or true and false for 1 and 0; null counts as absent. Errors name the
/// field, such as `context.f0`.
result<choose_offer> parse_offer_question(std::string_view json);

} // namespace riq
