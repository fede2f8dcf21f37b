#pragma once
// Where in a body something stands, for people who look for what is wrong with it.

#include <cstddef>
#include <string_view>

namespace riq::gateway {

/// The line, from 1, of the value that a JSON pointer (RFC 6901) names; of the innermost value on
/// the way there when it is absent; of the first character that is no JSON when the text is broken.
std::size_t line_of(std::string_view json, std::string_view pointer);

} // namespace riq::gateway
