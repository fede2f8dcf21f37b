// What clients do that do not mean well, or do not know better.

#include "tests/gateway/test_server.hpp"

#include <gtest/gtest.h>

#include <sys/wait.h>

#include <random>
#include <thread>

namespace riq::gateway::testing {
namespace {

using std::chrono::milliseconds;

/// Timeouts that a test can wait for.
http_limits impatient() {
  http_limits bounds;
  bounds.header_timeout = bounds.body_timeout = bounds.idle_timeout = milliseconds{120};
  bounds.linger = milliseconds{200};
  return bounds;
}

TEST(hostile, malformed_requests_are_400_and_end_the_connection) {
  const test_server s{echo_routes()};
  for (const std::string bad :
       {"GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GET / HTTP/1.1\r\nBroken Header\r\n\r\n",
        "\x16\x03\x01\x02", "GET / HTTP/1.1\nHost: x\n\n", "GET  /  HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: localhost\r\nHost: b\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nContent-Length: "
        "3\r\n\r\n{}x",
        "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: -2\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999999999999999\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nTransfer-Encoding: "
        "chunked\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"}) {
    auto c = s.client();
    ASSERT_TRUE(c.send(bad + "\r\n\r\n"));
    const auto a = c.receive();
    ASSERT_TRUE(a) << bad;
    EXPECT_EQ(a->status, 400) << bad;
    EXPECT_EQ(a->header("Content-Type"), "application/problem+json") << bad;
    EXPECT_TRUE(c.closes()) << bad;
  }
}

TEST(hostile, limits_have_their_statuses) {
  http_limits bounds;
  bounds.body_bytes = 1000;
  const test_server s{echo_routes(), bounds};
  EXPECT_EQ(s.client().get("/echo/1", "X-Long: " + std::string(9000, 'x') + "\r\n")->status, 431);
  std::string many;
  for (int i = 0; i < 2000; ++i) many += "X-" + std::to_string(i) + ": y\r\n";
  EXPECT_EQ(s.client().get("/echo/1", many)->status, 431);
  EXPECT_EQ(s.client().get("/echo/" + std::string(5000, 'x'))->status, 414);
  EXPECT_EQ(s.client().get("/" + std::string(20'000, 'x'))->status, 414);
  EXPECT_EQ(s.client().post("/echo", std::string(1001, ' '))->status, 413);
  EXPECT_EQ(s.client().post("/echo", std::string(1000, ' '))->status, 200);
  auto chunked = s.client();
  ASSERT_TRUE(
    chunked.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
                 "7d0\r\n" +
                 std::string(2000, ' ')));
  EXPECT_EQ(chunked.receive()->status, 413);
  EXPECT_EQ(s.client().get("/echo/1", "Expect: the-unexpected\r\n")->status, 417);
  auto coded = s.client();
  ASSERT_TRUE(
    coded.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip\r\n\r\n"));
  EXPECT_EQ(coded.receive()->status, 501);
}

TEST(hostile, large_bodies_share_a_bounded_memory) {
  http_limits bounds;
  bounds.buffered_bytes = 150'000;
  const test_server s{echo_routes(), bounds};
  const auto begin = [](socket_client& c) {
    return c.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 120001\r\n\r\n" +
                  std::string(120'000, ' '));
  };
  auto first = s.client();
  ASSERT_TRUE(begin(first));
  // The first is half received before the second one comes.
  while (s.application->bodies().used.load() < 100'000) std::this_thread::yield();
  auto second = s.client();
  begin(second);
  const auto refused = second.receive();
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 503);
  ASSERT_TRUE(first.send(" "));
  EXPECT_EQ(first.receive()->status, 200);
  EXPECT_EQ(s.application->bodies().used.load(), 0u);
}

TEST(hostile, a_header_that_never_ends_is_bounded_over_many_reads) {
  const test_server s{echo_routes()};
  auto c = s.client();
  ASSERT_TRUE(c.send("GET /echo/1 HTTP/1.1\r\nHost: localhost\r\n"));
  std::optional<http_answer> a;
  for (int i = 0; i < 5000 && !a; ++i) {
    if (!c.send("User-Agent: 0123456789012345678901234567890123456789\r\n")) break;
    a = c.receive(false, milliseconds{0});
  }
  if (!a) a = c.receive();
  ASSERT_TRUE(a);
  EXPECT_EQ(a->status, 431);
}

TEST(hostile, a_chunk_extension_that_never_ends_is_bounded) {
  const test_server s{echo_routes()};
  auto c = s.client();
  ASSERT_TRUE(
    c.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n1;"));
  c.send(std::string(100'000, 'x'));
  const auto a = c.receive();
  ASSERT_TRUE(a);
  EXPECT_GE(a->status, 400);
  EXPECT_TRUE(c.closes());
}

TEST(hostile, slow_headers_and_short_bodies_time_out) {
  const test_server s{echo_routes(), impatient()};
  auto header = s.client();
  ASSERT_TRUE(header.send("GET /echo/1 HTTP/1.1\r\nHost: loc"));
  EXPECT_EQ(header.receive()->status, 408);
  EXPECT_TRUE(header.closes());
  auto body = s.client();
  ASSERT_TRUE(body.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{"));
  EXPECT_EQ(body.receive()->status, 408);
  EXPECT_TRUE(body.closes());
}

TEST(hostile, a_trickle_does_not_keep_a_request_open) {
  const test_server s{echo_routes(), impatient()};
  auto c = s.client();
  ASSERT_TRUE(c.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n"));
  std::optional<http_answer> a;
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!a && std::chrono::steady_clock::now() < until && c.send(" "))
    a = c.receive(false, milliseconds{20});
  ASSERT_TRUE(a);
  EXPECT_EQ(a->status, 408);
}

TEST(hostile, a_body_cut_short_by_the_end_is_400) {
  const test_server s{echo_routes()};
  auto c = s.client();
  ASSERT_TRUE(c.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{"));
  c.end_sending();
  EXPECT_EQ(c.receive()->status, 400);
}

TEST(hostile, silent_connections_are_closed) {
  const test_server s{echo_routes(), impatient()};
  auto silent = s.client();
  auto used = s.client();
  EXPECT_EQ(used.get("/echo/1")->status, 200);
  EXPECT_TRUE(silent.closes());
  EXPECT_TRUE(used.closes());
}

TEST(hostile, a_reader_that_does_not_read_is_held_up_and_dropped) {
  auto bounds = impatient();
  const std::string large(100'000, 'x');
  const test_server s{
    {make_route(method::get, "/large", [&](request&, responder to) { to.json(large); })}, bounds};
  auto c = s.client();
  const std::string ask = "GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n";
  // The server stops to read once answers pile up, so sending comes to a halt, and then it gives
  // the client up.
  bool halted = false;
  for (int i = 0; i < 2'000'000 && !halted; ++i)
    halted = c.send_some(ask) == 0 && !c.writable(milliseconds{50});
  auto other = s.client();
  EXPECT_EQ(other.get("/large")->body.size(), large.size());
  EXPECT_TRUE(c.closes());
}

TEST(hostile, too_many_connections_are_refused_and_the_others_served) {
  http_limits bounds;
  bounds.connections = 2;
  const test_server s{echo_routes(), bounds};
  auto a = s.client(), b = s.client();
  EXPECT_EQ(a.get("/echo/1")->status, 200);
  EXPECT_EQ(b.get("/echo/1")->status, 200);
  auto c = s.client();
  const auto refused = c.receive();
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 503);
  EXPECT_TRUE(c.closes());
  EXPECT_EQ(a.get("/echo/2")->status, 200);
}

/// Rubbish of several kinds: bytes, words of HTTP in any order, broken copies of a good request.
std::string rubbish(std::mt19937& random) {
  static const std::string words[] = {"GET ",
                                      "POST ",
                                      "/echo",
                                      " HTTP/1.1",
                                      "\r\n",
                                      "Host: localhost",
                                      "Content-Length: ",
                                      "Transfer-Encoding: chunked",
                                      "5",
                                      "\r\n\r\n",
                                      "{\"a\":",
                                      "0",
                                      ":",
                                      "\n",
                                      "%",
                                      "\xff",
                                      "?x=%zz&"};
  std::string out;
  switch (random() % 3) {
  case 0:
    for (auto n = random() % 300; n > 0; --n) out += static_cast<char>(random());
    break;
  case 1:
    for (auto n = random() % 60; n > 0; --n) out += words[random() % std::size(words)];
    break;
  default:
    out = "POST /echo?a=b HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\n[1,2]";
    for (auto n = 1 + random() % 6; n > 0; --n)
      out[random() % out.size()] = static_cast<char>(random());
  }
  return out;
}

TEST(hostile, rubbish_never_harms_the_server) {
  const test_server s{echo_routes()};
  std::mt19937 random{20250118};
  for (int i = 0; i < 1500; ++i) {
    auto c = s.client();
    ASSERT_TRUE(c.connected());
    for (auto parts = 1 + random() % 3; parts > 0; --parts)
      if (!c.send(rubbish(random))) break;
    c.end_sending();
    // Whatever it was, the server answers or not, and then ends the connection.
    EXPECT_TRUE(c.closes()) << "round " << i;
  }
  EXPECT_EQ(s.client().get("/echo/1")->status, 200);
}

/// Opens connections that say nothing, in a process of its own: descriptors are counted by process.
class silent_crowd {
 public:
  silent_crowd(std::uint16_t port, std::size_t size) {
    int up[2], down[2];
    if (::pipe(up) != 0 || ::pipe(down) != 0) return;
    child_ = ::fork();
    if (child_ == 0) {
      std::uint32_t open = 0;
      for (; open < size; ++open) {
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(port);
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        const int d = ::socket(AF_INET, SOCK_STREAM, 0);
        if (d < 0 || ::connect(d, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) break;
      }
      char byte = 0;
      if (::write(up[1], &open, sizeof open) == sizeof open) (void)!::read(down[0], &byte, 1);
      ::_exit(0);
    }
    (void)!::read(up[0], &open_, sizeof open_);
    release_ = down[1];
    for (const int d : {up[0], up[1], down[0]}) ::close(d);
  }
  ~silent_crowd() {
    (void)!::write(release_, "x", 1);
    ::close(release_);
    int status = 0;
    if (child_ > 0) ::waitpid(child_, &status, 0);
  }
  std::uint32_t open() const { return open_; }

 private:
  pid_t child_ = -1;
  int release_ = -1;
  std::uint32_t open_ = 0;
};

TEST(hostile, ten_thousand_silent_connections_do_not_matter) {
  constexpr std::size_t crowd_size = 10'000;
  if (raise_descriptor_limit() < crowd_size + 200)
    GTEST_SKIP() << "the limit of open files is too low for 10,000 connections";
  const test_server s{echo_routes()};
  const silent_crowd crowd{s.port(), crowd_size};
  ASSERT_EQ(crowd.open(), crowd_size);
  auto c = s.client();
  for (int i = 0; i < 100; ++i) ASSERT_EQ(c.get("/echo/1")->status, 200);
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (s.application->counters().open_connections() <= crowd_size &&
         std::chrono::steady_clock::now() < until)
    ASSERT_EQ(s.client().get("/echo/1")->status, 200);
  EXPECT_GT(s.application->counters().open_connections(), crowd_size);
}

} // namespace
} // namespace riq::gateway::testing
