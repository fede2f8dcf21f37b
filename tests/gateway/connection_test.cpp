#include "gateway/connection.hpp"

#include "tests/gateway/test_server.hpp"

#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <thread>

namespace riq::gateway::testing {
namespace {

using std::chrono::milliseconds;

/// Holds responders until the test lets them answer, on a thread of the test's.
class held_route {
 public:
  route make(std::string_view pattern) {
    return make_route(method::get, pattern, [this](request& r, responder to) {
      std::lock_guard lock(mutex_);
      held_.emplace_back(r.target, std::move(to));
      changed_.notify_all();
    });
  }

  bool wait_for(std::size_t n) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(20), [&] { return held_.size() >= n; });
  }

  void answer_newest() {
    std::unique_lock lock(mutex_);
    auto [target, to] = std::move(held_.back());
    held_.pop_back();
    lock.unlock();
    to.json(target);
  }

  std::size_t held() {
    std::lock_guard lock(mutex_);
    return held_.size();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::pair<std::string, responder>> held_;
};

TEST(connection, keeps_alive_over_many_requests) {
  const test_server s{echo_routes()};
  auto c = s.client();
  for (int i = 0; i < 100; ++i) {
    const auto target = "/echo/" + std::to_string(i);
    const auto a = c.get(target);
    ASSERT_TRUE(a) << i;
    EXPECT_EQ(a->status, 200);
    EXPECT_EQ(a->body, target);
    EXPECT_FALSE(a->header("Date").empty());
  }
  EXPECT_EQ(c.post("/echo", "{\"a\":1}")->body, "{\"a\":1}");
}

TEST(connection, closes_when_asked_to) {
  const test_server s{echo_routes()};
  auto c = s.client();
  const auto a = c.get("/echo/1", "Connection: close\r\n");
  ASSERT_TRUE(a);
  EXPECT_EQ(a->header("Connection"), "close");
  EXPECT_TRUE(c.closes());
  auto old = s.client();
  ASSERT_TRUE(old.send("GET /echo/1 HTTP/1.0\r\n\r\n"));
  EXPECT_EQ(old.receive()->status, 200);
  EXPECT_TRUE(old.closes());
}

TEST(connection, an_empty_line_before_a_request_is_none_of_it) {
  const test_server s{echo_routes()};
  auto c = s.client();
  const std::string request = "GET /echo/1 HTTP/1.1\r\nHost: localhost\r\n\r\n";
  EXPECT_EQ(c.ask("\r\n" + request)->status, 200);
  // Also in pieces, and behind another request.
  ASSERT_TRUE(c.send(request + "\r\n\r"));
  EXPECT_EQ(c.receive()->status, 200);
  EXPECT_EQ(c.ask("\n" + request)->status, 200);
  EXPECT_EQ(c.ask("\n" + request)->status, 400) << "a line feed alone is no line's end";
}

TEST(connection, answers_a_head_without_the_body) {
  const test_server s{echo_routes()};
  auto c = s.client();
  const auto a = c.ask("HEAD /echo/12 HTTP/1.1\r\nHost: localhost\r\n\r\n");
  ASSERT_TRUE(a);
  EXPECT_EQ(a->header("Content-Length"), "8");
  EXPECT_EQ(c.get("/echo/1")->body, "/echo/1");
}

TEST(connection, answers_pipelined_requests_in_order_whoever_is_ready_first) {
  held_route slow;
  auto routes = echo_routes();
  routes.push_back(slow.make("/slow/{x}"));
  const test_server s{std::move(routes)};
  auto c = s.client();
  std::string bytes;
  for (const auto* target : {"/slow/1", "/echo/2", "/slow/3", "/echo/4"})
    bytes += "GET " + std::string{target} + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
  ASSERT_TRUE(c.send(bytes));
  ASSERT_TRUE(slow.wait_for(2));
  slow.answer_newest(); // the third
  slow.answer_newest(); // the first
  for (const auto* target : {"/slow/1", "/echo/2", "/slow/3", "/echo/4"}) {
    const auto a = c.receive();
    ASSERT_TRUE(a) << target;
    EXPECT_EQ(a->body, target);
  }
}

TEST(connection, runs_a_bounded_number_of_pipelined_requests) {
  held_route slow;
  http_limits bounds;
  bounds.pipelined = 4;
  const test_server s{{slow.make("/slow/{x}")}, bounds};
  auto c = s.client();
  std::string bytes;
  for (int i = 0; i < 12; ++i)
    bytes += "GET /slow/" + std::to_string(i) + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
  ASSERT_TRUE(c.send(bytes));
  ASSERT_TRUE(slow.wait_for(4));
  EXPECT_EQ(slow.held(), 4u);
  // Every answer lets in another; never more than four run.
  for (int i = 0; i < 12; ++i) {
    ASSERT_TRUE(slow.wait_for(1));
    EXPECT_LE(slow.held(), 4u);
    slow.answer_newest();
  }
  for (int i = 0; i < 12; ++i) EXPECT_EQ(c.receive()->body, "/slow/" + std::to_string(i));
}

TEST(connection, a_client_that_left_does_not_matter) {
  held_route slow;
  const test_server s{{slow.make("/slow/{x}")}};
  {
    auto c = s.client();
    ASSERT_TRUE(c.send("GET /slow/1 HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    ASSERT_TRUE(slow.wait_for(1));
  }
  slow.answer_newest();
  auto other = s.client();
  ASSERT_TRUE(other.send("GET /slow/2 HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  ASSERT_TRUE(slow.wait_for(1));
  slow.answer_newest();
  EXPECT_EQ(other.receive()->body, "/slow/2");
}

TEST(connection, answers_a_half_closed_client) {
  const test_server s{echo_routes()};
  auto c = s.client();
  ASSERT_TRUE(c.send("GET /echo/1 HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  c.end_sending();
  EXPECT_EQ(c.receive()->body, "/echo/1");
  EXPECT_TRUE(c.closes());
}

TEST(connection, says_continue_when_asked) {
  const test_server s{echo_routes()};
  auto c = s.client();
  ASSERT_TRUE(c.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n"
                     "Expect: 100-continue\r\n\r\n"));
  EXPECT_EQ(c.receive()->status, 100);
  ASSERT_TRUE(c.send("{}"));
  EXPECT_EQ(c.receive()->body, "{}");
}

TEST(connection, takes_chunked_bodies) {
  const test_server s{echo_routes()};
  auto c = s.client();
  ASSERT_TRUE(c.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
                     "3\r\n[1,\r\n2;x=y\r\n2]\r\n0\r\nTrailer: t\r\n\r\n"));
  EXPECT_EQ(c.receive()->body, "[1,2]");
  EXPECT_EQ(c.get("/echo/1")->status, 200);
}

TEST(connection, takes_a_request_byte_by_byte) {
  const test_server s{echo_routes()};
  auto c = s.client();
  const std::string bytes =
    "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\n[12]";
  for (const char b : bytes) ASSERT_TRUE(c.send({&b, 1}));
  EXPECT_EQ(c.receive()->body, "[12]");
}

TEST(connection, a_handler_that_throws_the_responder_away_answers_500) {
  const test_server s{{make_route(method::get, "/lost", [](request&, responder) {})}};
  auto c = s.client();
  const auto a = c.get("/lost");
  ASSERT_TRUE(a);
  EXPECT_EQ(a->status, 500);
  EXPECT_EQ(a->header("Content-Type"), "application/problem+json");
}

TEST(connection, refuses_without_reading_a_large_body_and_keeps_small_ones) {
  const test_server s{echo_routes()};
  auto c = s.client();
  EXPECT_EQ(c.post("/nothing", "{}")->status, 404);
  EXPECT_EQ(c.get("/echo/1")->status, 200); // the connection is still good
  const auto big = c.post("/nothing", std::string(200'000, ' '));
  ASSERT_TRUE(big);
  EXPECT_EQ(big->status, 404);
  EXPECT_EQ(big->header("Connection"), "close");
}

TEST(connection, says_what_is_wrong_with_method_and_type) {
  const test_server s{echo_routes()};
  auto c = s.client();
  const auto wrong = c.ask("DELETE /echo/1 HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(wrong->status, 405);
  EXPECT_EQ(wrong->header("Allow"), "GET, HEAD");
  const auto options = c.ask("OPTIONS /echo HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(options->status, 204);
  EXPECT_EQ(options->header("Allow"), "POST");
  const auto form = c.ask("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n"
                          "Content-Type: application/x-www-form-urlencoded\r\n\r\na=b");
  EXPECT_EQ(form->status, 415);
  EXPECT_EQ(c.ask("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n"
                  "Content-Type: application/vnd.shop+json; charset=utf-8\r\n\r\n[]")
              ->status,
            200);
}

TEST(connection, checks_keys_and_scopes) {
  auth_settings auth;
  auth.keys = {{"site", hash_key("r-key"), {"read"}}};
  auto routes = echo_routes();
  routes.push_back(make_route(method::get, "/admin", echo, body_kind::none, scope::admin));
  routes.push_back(make_route(method::get, "/healthz", echo, body_kind::none, scope::open));
  const test_server s{std::move(routes), {}, auth};
  auto c = s.client();
  const auto denied = c.get("/echo/1");
  EXPECT_EQ(denied->status, 401);
  EXPECT_NE(denied->header("WWW-Authenticate").find("Bearer"), std::string::npos);
  EXPECT_EQ(c.get("/echo/1", "Authorization: Bearer r-key\r\n")->status, 200);
  EXPECT_EQ(c.get("/echo/1", "X-API-Key: r-key\r\n")->status, 200);
  EXPECT_EQ(c.get("/echo/1", "X-API-Key: other\r\n")->status, 401);
  EXPECT_EQ(c.get("/admin", "X-API-Key: r-key\r\n")->status, 403);
  EXPECT_EQ(c.get("/healthz")->status, 200);
}

TEST(connection, bounds_the_requests_of_one_user_and_of_all) {
  held_route slow;
  http_limits bounds;
  bounds.in_flight = 3;
  bounds.in_flight_per_user = 2;
  const test_server s{{slow.make("/api/features/{userId}")}, bounds};
  auto c = s.client();
  const auto ask = [](std::string_view user) {
    return "GET /api/features/" + std::string{user} + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
  };
  ASSERT_TRUE(c.send(ask("a") + ask("a")));
  ASSERT_TRUE(slow.wait_for(2));
  auto other = s.client();
  EXPECT_EQ(other.ask(ask("a"))->status, 429);
  ASSERT_TRUE(c.send(ask("b")));
  ASSERT_TRUE(slow.wait_for(3));
  const auto full = other.ask(ask("c"));
  EXPECT_EQ(full->status, 503);
  EXPECT_FALSE(full->header("Retry-After").empty());
  for (int i = 0; i < 3; ++i) slow.answer_newest();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(c.receive()->status, 200);
}

} // namespace
} // namespace riq::gateway::testing
