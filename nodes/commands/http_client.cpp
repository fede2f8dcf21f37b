#include "nodes/commands/http_client.hpp"

#include <charconv>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <simdjson.h>

namespace riq::commands {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using tcp = asio::ip::tcp;

/// The asynchronous operations are only used for their timeouts: each is run to its end at once.
class http_client::connection {
 public:
  connection() : stream_(context_) {}

  beast::error_code open(const node_address& node, std::chrono::milliseconds timeout) {
    beast::error_code failed;
    tcp::resolver resolver{context_};
    const auto found = resolver.resolve(node.host, node.port, failed);
    if (failed) return failed;
    failed = await(timeout, [&](auto done) { stream_.async_connect(found, std::move(done)); });
    if (!failed) stream_.socket().set_option(tcp::no_delay{true}, failed);
    return failed;
  }

  beast::error_code exchange(const http::request<http::span_body<const char>>& request,
                             http::response<http::string_body>& response,
                             std::chrono::milliseconds timeout) {
    auto failed =
      await(timeout, [&](auto done) { http::async_write(stream_, request, std::move(done)); });
    if (failed) return failed;
    http::response_parser<http::string_body> parser;
    parser.body_limit(std::uint64_t{1} << 30);
    failed = await(timeout,
                   [&](auto done) { http::async_read(stream_, buffer_, parser, std::move(done)); });
    answered_ = parser.got_some();
    response = parser.release();
    return failed;
  }

  /// Whether the last exchange got any byte back.
  bool answered() const { return answered_; }

 private:
  template <class Start>
  beast::error_code await(std::chrono::milliseconds timeout, Start start) {
    beast::error_code outcome;
    stream_.expires_after(timeout);
    start([&outcome](beast::error_code failed, auto&&...) { outcome = failed; });
    context_.restart();
    context_.run();
    return outcome;
  }

  asio::io_context context_;
  beast::tcp_stream stream_;
  beast::flat_buffer buffer_;
  bool answered_ = false;
};

result<node_address> parse_url(std::string_view url, std::string_view api_key) {
  constexpr std::string_view scheme = "http://";
  const error wrong{ec::invalid, "url",
                    "\"" + std::string{url} + "\" must look like http://127.0.0.1:8080"};
  if (url.substr(0, scheme.size()) != scheme) return wrong;
  auto rest = url.substr(scheme.size());
  if (!rest.empty() && rest.back() == '/') rest.remove_suffix(1);
  if (rest.empty() || rest.find('/') != std::string_view::npos) return wrong;
  node_address node{.host = std::string{rest}, .port = "80", .api_key = std::string{api_key}};
  const auto colon = rest.rfind(':');
  if (colon != std::string_view::npos && rest.find(']', colon) == std::string_view::npos) {
    node.host = rest.substr(0, colon);
    node.port = rest.substr(colon + 1);
    std::uint16_t number = 0;
    const auto* end = node.port.data() + node.port.size();
    const auto parsed = std::from_chars(node.port.data(), end, number);
    if (parsed.ec != std::errc{} || parsed.ptr != end) return wrong;
  }
  if (node.host.size() > 2 && node.host.front() == '[') // a version 6 address
    node.host = node.host.substr(1, node.host.size() - 2);
  if (node.host.empty()) return wrong;
  return node;
}

std::string reason_of(const http_response& response) {
  simdjson::dom::parser parser;
  std::string_view detail;
  if (parser.parse(response.body)["detail"].get(detail) == simdjson::SUCCESS)
    return std::string{detail};
  return "HTTP " + std::to_string(response.status) + " " + response.body.substr(0, 200);
}

std::string escape_segment(std::string_view text) {
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  for (char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || c == '.' || c == '~';
    if (plain) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += {'%', digits[byte >> 4], digits[byte & 15]};
    }
  }
  return out;
}

http_client::http_client(node_address node, std::chrono::milliseconds timeout)
  : node_(std::move(node)), timeout_(timeout) {}

http_client::~http_client() = default;

result<http_response> http_client::send(const http_request& r) {
  http::request<http::span_body<const char>> request;
  request.version(11);
  request.method_string(beast::string_view{r.method.data(), r.method.size()});
  request.target(beast::string_view{r.target.data(), r.target.size()});
  request.set(http::field::host, node_.host + ":" + node_.port);
  request.set(http::field::user_agent, "retargetiq-cli");
  if (!node_.api_key.empty()) request.set("X-API-Key", node_.api_key);
  if (!r.producer.empty())
    request.set("X-Producer-Id", beast::string_view{r.producer.data(), r.producer.size()});
  if (!r.client.empty())
    request.set("X-Forwarded-For", beast::string_view{r.client.data(), r.client.size()});
  if (!r.body.empty())
    request.set(http::field::content_type, beast::string_view{r.type.data(), r.type.size()});
  request.body() = {r.body.data(), r.body.size()};
  if (!r.body.empty() || r.method != "GET") request.content_length(r.body.size());

  http::response<http::string_body> response;
  beast::error_code failed;
  for (bool again = true; again;) {
    again = false;
    const bool kept = connection_ != nullptr;
    if (!kept) {
      connection_ = std::make_unique<connection>();
      failed = connection_->open(node_, timeout_);
    }
    if (kept || !failed) {
      response = {};
      failed = connection_->exchange(request, response, timeout_);
      again = failed && kept && !connection_->answered() && failed != beast::error::timeout;
    }
    if (failed || !response.keep_alive()) connection_.reset();
  }
  if (failed)
    return error{failed == beast::error::timeout ? ec::timed_out : ec::not_ready, "",
                 node_.host + ":" + node_.port + ": " + failed.message()};
  http_response answer{.status = response.result_int(), .body = std::move(response.body())};
  const auto wait = response[http::field::retry_after];
  int seconds = 0;
  std::from_chars(wait.data(), wait.data() + wait.size(), seconds);
  answer.retry_after = std::chrono::seconds{seconds};
  return answer;
}

} // namespace riq::commands
