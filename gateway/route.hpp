#pragma once
// One route: what it matches, who may call it, what it documents and what it does. The same table
// is matched against, written to /openapi.json and walked by a test.

#include "gateway/body_sink.hpp"
#include "gateway/parameters.hpp"
#include "gateway/request.hpp"
#include "gateway/responder.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace riq::gateway {

/// Who may call a route. `open` needs no key even where keys are required.
enum class scope : std::uint8_t { open, read, write, admin };
constexpr auto enum_names(scope) {
  return std::array<std::string_view, 4>{"open", "read", "write", "admin"};
}

/// What a route does with a request's body.
enum class body_kind : std::uint8_t { none, json, stream };

/// A status that a route answers with, and when.
using told_problem = std::pair<unsigned, std::string_view>;

struct route {
  method verb = method::get;
  std::string_view pattern; ///< `/api/users/{userId}/export`
  scope needs = scope::read;
  body_kind body = body_kind::none;
  std::string_view tag;
  std::string_view summary;
  std::vector<parameter> parameters; ///< of the query
  std::string_view request_schema;   ///< name of a schema of openapi_schemas.cpp, or empty
  std::string_view response_schema;  ///< likewise, of the 200 answer
  std::string_view response_type = media::json;
  std::string_view other_type;        ///< of the same answer, when the caller asks for it
  std::vector<told_problem> problems; ///< beyond those that openapi.cpp tells of every route
  std::function<void(request&, responder)> handle; ///< for `none` and `json`
  std::function<std::shared_ptr<body_sink>(request&, responder, std::weak_ptr<body_source>)>
    open_stream; ///< for `stream`
};

} // namespace riq::gateway
