#pragma once
// One HTTP request as handlers see it. The connection reuses the object for its next request, so
// a handler takes out (moves) what it keeps.

#include "gateway/admission.hpp"
#include "gateway/uri.hpp"

#include <boost/beast/http/verb.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace riq::gateway {

using method = boost::beast::http::verb;

/// `GET`
inline std::string_view verb_name(method verb) {
  const auto text = boost::beast::http::to_string(verb); // of static storage
  return {text.data(), text.size()};
}

/// The header fields that anything here looks at.
enum class header : std::uint8_t {
  authorization,
  api_key,
  content_type,
  host,
  origin,
  user_agent,
  forwarded_for,
  producer, ///< X-Producer-Id: who numbered the lines of a batch
  accept,
  accept_encoding,
  if_none_match,
  last_event_id,
};
inline constexpr std::size_t header_count = 12;

struct request {
  method verb = method::unknown;
  std::string target;                            ///< as sent, without scheme and host
  std::string path;                              ///< not decoded, without the query
  std::array<std::string, header_count> headers; ///< empty: absent; repetitions joined by ", "
  std::vector<std::string> path_parameters;      ///< decoded, in the pattern's order
  query parameters;
  std::string body;
  std::string client;           ///< address of the client, behind trusted proxies the real one
  admission* places = nullptr;  ///< for the user that the body names
  std::int64_t received_ms = 0; ///< epoch milliseconds

  std::string_view operator[](header h) const { return headers[static_cast<std::size_t>(h)]; }

  void clear() {
    verb = method::unknown;
    target.clear();
    path.clear();
    for (auto& h : headers) h.clear();
    path_parameters.clear();
    parameters = {};
    body.clear();
  }
};

} // namespace riq::gateway
