// Calls out over real sockets: to a receiver that answers, one that does not, and none at all.
#include "gateway/webhook_client.hpp"

#include <chrono>
#include <future>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>

namespace riq::gateway {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

/// Takes one connection, keeps what came up to `until`, and writes `response`, if any.
class one_shot_receiver {
 public:
  one_shot_receiver(std::string until, std::string response)
    : acceptor_(io_, tcp::endpoint{asio::ip::make_address("127.0.0.1"), 0}),
      thread_([this, until = std::move(until), response = std::move(response)] {
        tcp::socket s{io_};
        boost::system::error_code failed;
        acceptor_.accept(s, failed);
        asio::streambuf in;
        asio::read_until(s, in, until, failed);
        got.assign(asio::buffers_begin(in.data()), asio::buffers_end(in.data()));
        if (!response.empty()) asio::write(s, asio::buffer(response), failed);
        // Until the client has closed: a test of silence needs the connection open.
        asio::read(s, in, failed);
      }) {}
  ~one_shot_receiver() {
    // The client may have ended before it called: then this is the one connection.
    boost::system::error_code ignored;
    tcp::socket caller{caller_io_};
    caller.connect(acceptor_.local_endpoint(), ignored);
    caller.close(ignored);
    thread_.join();
  }

  std::string url(const std::string& scheme = "http") const {
    return scheme + "://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()) +
           "/hook?a=1";
  }

  std::string got; ///< complete once the answer was seen

 private:
  asio::io_context io_;
  asio::io_context caller_io_;
  tcp::acceptor acceptor_;
  std::thread thread_;
};

webhook_call call_to(const std::string& url, std::uint32_t timeout_ms = 10'000) {
  webhook_call c;
  c.call = 7;
  c.url = url;
  c.body = R"({"id":"t0-1"})";
  c.timeout_ms = timeout_ms;
  c.headers = {{"Content-Type", "application/json"}, {"Idempotency-Key", "t0-1"}};
  return c;
}

webhook_answer answered(webhook_client& client, webhook_call call) {
  std::promise<webhook_answer> answer;
  client.post(std::move(call), [&](webhook_answer a) { answer.set_value(std::move(a)); });
  return answer.get_future().get();
}

TEST(webhook_client, posts_and_tells_the_status) {
  beast_webhook_client client;
  std::string got;
  {
    one_shot_receiver receiver{"\"}", "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"};
    const auto a = answered(client, call_to(receiver.url()));
    EXPECT_EQ(a.call, 7U);
    EXPECT_EQ(a.status, 202U);
    got = receiver.got;
  }
  EXPECT_EQ(got.substr(0, got.find("\r\n")), "POST /hook?a=1 HTTP/1.1");
  EXPECT_NE(got.find("Idempotency-Key: t0-1\r\n"), std::string::npos);
  EXPECT_NE(got.find("\r\n\r\n{\"id\":\"t0-1\"}"), std::string::npos);
}

TEST(webhook_client, a_redirect_is_an_answer_and_is_not_followed) {
  beast_webhook_client client;
  one_shot_receiver receiver{
    "\"}", "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"};
  EXPECT_EQ(answered(client, call_to(receiver.url())).status, 302U);
}

TEST(webhook_client, silence_ends_with_its_time) {
  beast_webhook_client client;
  one_shot_receiver receiver{"\"}", ""};
  const auto a = answered(client, call_to(receiver.url(), 50));
  EXPECT_EQ(a.status, 0U);
  EXPECT_EQ(a.detail, "timed out");
}

TEST(webhook_client, nobody_there) {
  beast_webhook_client client;
  asio::io_context io;
  tcp::acceptor closed{io, tcp::endpoint{asio::ip::make_address("127.0.0.1"), 0}};
  const auto port = closed.local_endpoint().port();
  closed.close();
  const auto a = answered(client, call_to("http://127.0.0.1:" + std::to_string(port) + "/"));
  EXPECT_EQ(a.status, 0U);
  EXPECT_EQ(a.detail.rfind("connecting: ", 0), 0U) << a.detail;
}

TEST(webhook_client, rubbish_is_no_answer) {
  beast_webhook_client client;
  one_shot_receiver receiver{"\"}", "SMTP ready when you are\r\n\r\n"};
  const auto a = answered(client, call_to(receiver.url()));
  EXPECT_EQ(a.status, 0U);
  EXPECT_EQ(a.detail.rfind("reading the answer: ", 0), 0U) << a.detail;
}

TEST(webhook_client, https_wants_a_handshake) {
  beast_webhook_client client;
  one_shot_receiver receiver{"\x01", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"};
  const auto a = answered(client, call_to(receiver.url("https")));
  EXPECT_EQ(a.status, 0U);
  EXPECT_EQ(a.detail.rfind("the TLS handshake: ", 0), 0U) << a.detail;
}

TEST(webhook_client, an_authority_that_cannot_be_read_is_told) {
  beast_webhook_client client;
  auto c = call_to("https://127.0.0.1:1/");
  c.ca_file = "/no/such/file.pem";
  const auto a = answered(client, std::move(c));
  EXPECT_EQ(a.status, 0U);
  EXPECT_EQ(a.detail.rfind("reading /no/such/file.pem", 0), 0U) << a.detail;
}

TEST(webhook_client, stopping_ends_what_is_open) {
  std::promise<webhook_answer> answer;
  auto client = std::make_unique<beast_webhook_client>();
  one_shot_receiver receiver{"\"}", ""};
  client->post(call_to(receiver.url(), 600'000),
               [&](webhook_answer a) { answer.set_value(std::move(a)); });
  client.reset();
  EXPECT_EQ(answer.get_future().get().status, 0U);
}

TEST(webhook_client, reads_addresses) {
  const auto plain = parse_webhook_url("http://shop.example");
  EXPECT_EQ(plain.host, "shop.example");
  EXPECT_EQ(plain.port, "80");
  EXPECT_EQ(plain.target, "/");
  const auto secure = parse_webhook_url("https://shop.example:8443/a/b?c=d");
  EXPECT_TRUE(secure.secure);
  EXPECT_EQ(secure.port, "8443");
  EXPECT_EQ(secure.authority, "shop.example:8443");
  EXPECT_EQ(secure.target, "/a/b?c=d");
  const auto six = parse_webhook_url("http://[::1]:99/x");
  EXPECT_EQ(six.host, "::1");
  EXPECT_EQ(six.port, "99");
  EXPECT_EQ(parse_webhook_url("https://[2001:db8::1]").host, "2001:db8::1");
  EXPECT_EQ(parse_webhook_url("http://x?y").target, "/?y");
  EXPECT_EQ(parse_webhook_url("file:///etc/passwd").host, "");
}

} // namespace
} // namespace riq::gateway
