#pragma once
// What several areas of routes share.

#include "gateway/backend.hpp"
#include "gateway/parameters.hpp"
#include "gateway/problem.hpp"
#include "gateway/route.hpp"
#include "messages/json.hpp"

#include <string>
#include <utility>

namespace riq::gateway {

inline constexpr text_parameter after_parameter{
  "after", 4096,
  "A `position` that a POST returned: the answer waits, for a bounded time, until the user's state "
  "contains it, and says \"stale\": true when it does not yet."};

/// Of routes that ask an actor and have nothing to say without its answer.
inline constexpr told_problem late_answer{504, "The answer did not come within the deadline."};

/// Whose question it is, from the path and `?after=`.
inline result<asked> read_asked(request& r) {
  auto after = after_parameter.read(r);
  if (!after) return after.error();
  return asked{std::move(r.path_parameters[0]), std::move(*after), false};
}

/// Passes an actor's JSON on, or its error.
inline unique_function<void(result<answer>)> pass_on(responder to) {
  return [to = std::move(to)](result<answer> a) mutable {
    if (a)
      to.json(std::move(a->body));
    else
      to.fail(a.error());
  };
}

/// `{"a":1}` and `{"b":2}` as one object.
inline std::string joined_objects(std::string first, std::string_view second) {
  if (second.size() <= 2) return first;
  first.pop_back();
  if (first.size() > 1) first += ',';
  first += second.substr(1);
  return first;
}

/// Sets a local from a result, or answers its error and leaves the handler.
#define RIQ_TAKE(name, expression, to)                                                             \
  auto name = (expression);                                                                        \
  if (!name) return (to).fail(name.error())

} // namespace riq::gateway
