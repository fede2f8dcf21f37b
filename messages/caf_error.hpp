#pragma once
// Between our errors and CAF's: the code travels as the error's code, field and sentence as its
// context.

#include <string>

#include <caf/atom.hpp>
#include <caf/error.hpp>
#include <caf/make_message.hpp>
#include <caf/sec.hpp>

#include "messages/error.hpp"
#include "messages/type_ids.hpp"

namespace riq {

/// What CAF calls our codes.
inline constexpr auto error_category = caf::atom("riq");

inline caf::error to_caf(const error& e) {
  return caf::make_error(e.code, e.field, e.detail);
}

/// The error behind a failed request. What CAF itself reports becomes `timed_out` or `internal`.
inline error from_caf(const caf::error& e) {
  if (!e) return {};
  if (e.category() == error_category) {
    error out{static_cast<ec>(e.code()), "", ""};
    const auto& context = e.context();
    if (context.match_elements<std::string, std::string>()) {
      out.field = context.get_as<std::string>(0);
      out.detail = context.get_as<std::string>(1);
    }
    return out;
  }
  if (e == caf::sec::request_timeout) return {ec::timed_out, "", "the answer took too long"};
  return {ec::internal, "", "the actor that was asked has ended; try again"};
}

} // namespace riq
