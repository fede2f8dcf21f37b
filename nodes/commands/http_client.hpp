#pragma once
// A small blocking HTTP/1.1 client over one keep-alive connection, for the command line. Not for
// use from actors. One thread at a time.

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "messages/error.hpp"

namespace riq::commands {

/// Where a node is.
struct node_address {
  std::string host = "127.0.0.1";
  std::string port = "8080";
  std::string api_key; ///< sent as X-API-Key unless empty
};

/// Reads `http://HOST[:PORT]`; ec::invalid for anything else.
result<node_address> parse_url(std::string_view url, std::string_view api_key);

struct http_request {
  std::string_view method = "GET";
  std::string_view target; ///< path and query, escaped
  std::string_view body;
  std::string_view type = "application/json";
  std::string_view producer; ///< X-Producer-Id, empty: none
  std::string_view client;   ///< X-Forwarded-For: who the call is made for, empty: ourselves
};

struct http_response {
  unsigned status = 0;
  std::chrono::seconds retry_after{0};
  std::string body;
  bool ok() const { return status >= 200 && status < 300; }
};

/// The `detail` of a problem document, or the start of the body.
std::string reason_of(const http_response& response);

/// Percent-encodes what may not stand in a path segment.
std::string escape_segment(std::string_view text);

class http_client {
 public:
  explicit http_client(node_address node,
                       std::chrono::milliseconds timeout = std::chrono::seconds{30});
  ~http_client();
  http_client(const http_client&) = delete;
  http_client& operator=(const http_client&) = delete;

  /// The answer, whatever its status. ec::not_ready when nobody listens or the connection broke,
  /// ec::timed_out after `timeout`. A request on a kept connection that the node had closed in the
  /// meantime is sent once more.
  result<http_response> send(const http_request& request);

 private:
  class connection;
  node_address node_;
  std::chrono::milliseconds timeout_;
  std::unique_ptr<connection> connection_;
};

} // namespace riq::commands
