#include "gateway/server.hpp"

#include "tests/gateway/test_server.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace riq::gateway::testing {
namespace {

std::shared_ptr<dispatcher> no_routes(std::size_t loops) {
  return std::make_shared<dispatcher>(*router::build({}), *authenticator::build({}),
                                      *client_addresses::build({}), http_limits{}, loops);
}

TEST(server, a_taken_port_is_an_error_that_names_port_and_setting) {
  const test_server first{{}};
  const http_limits bounds;
  server second{make_loops(2, bounds), no_routes(2)};
  const auto failed =
    second.start({{"127.0.0.1", first.port(), "listen.activity", "USER_ACTIVITY_PORT"}});
  EXPECT_EQ(failed.code, ec::conflict);
  EXPECT_EQ(failed.field, "listen.activity");
  EXPECT_EQ(failed.detail, "port " + std::to_string(first.port()) +
                             " is taken; set listen.activity or USER_ACTIVITY_PORT to another");
}

TEST(server, serves_nothing_when_one_of_its_ports_is_taken) {
  const test_server first{{}};
  const http_limits bounds;
  server second{make_loops(1, bounds), no_routes(1)};
  ASSERT_TRUE(second.start(
    {{"127.0.0.1", 0, "listen.http", ""}, {"127.0.0.1", first.port(), "listen.activity", ""}}));
  ASSERT_EQ(second.ports().size(), 1u);
  EXPECT_FALSE(socket_client{second.ports()[0]}.connected());
}

TEST(server, serves_every_route_on_every_listener) {
  const http_limits bounds;
  auto loops = make_loops(2, bounds);
  auto app = std::make_shared<dispatcher>(*router::build({make_route(method::get, "/x", echo)}),
                                          *authenticator::build({}), *client_addresses::build({}),
                                          bounds, loops.size());
  server s{loops, app};
  ASSERT_FALSE(
    s.start({{"127.0.0.1", 0, "", ""}, {"127.0.0.1", 0, "", ""}, {"localhost", 0, "", ""}}));
  ASSERT_EQ(s.ports().size(), 3u);
  for (const auto port : s.ports()) EXPECT_EQ(socket_client{port}.get("/x")->body, "/x");
}

TEST(server, names_an_address_that_is_none) {
  const http_limits bounds;
  server s{make_loops(1, bounds), no_routes(1)};
  EXPECT_EQ(s.start({{"example", 0, "listen.address", ""}}).field, "listen.address");
}

TEST(server, a_stop_lets_running_requests_finish) {
  std::atomic<bool> entered{false}, release{false};
  std::thread worker;
  auto routes = std::vector<route>{make_route(method::get, "/slow", [&](request&, responder to) {
    worker = std::thread([&, to = std::move(to)]() mutable {
      entered = true;
      entered.notify_all();
      release.wait(false);
      to.json("\"done\"");
    });
  })};
  test_server s{std::move(routes)};
  auto c = s.client();
  auto idle = s.client();
  ASSERT_TRUE(c.send("GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  entered.wait(false);
  std::thread stopper([&] { s.running->stop(); });
  EXPECT_TRUE(idle.closes());
  release = true;
  release.notify_all();
  const auto a = c.receive();
  ASSERT_TRUE(a);
  EXPECT_EQ(a->body, "\"done\"");
  EXPECT_EQ(a->header("Connection"), "close");
  stopper.join();
  worker.join();
}

TEST(server, a_stop_does_not_wait_for_ever) {
  std::optional<responder> held;
  http_limits bounds;
  bounds.stop_grace = std::chrono::milliseconds{50};
  std::atomic<bool> entered{false};
  test_server s{{make_route(method::get, "/never",
                            [&](request&, responder to) {
                              held = std::move(to);
                              entered = true;
                              entered.notify_all();
                            })},
                bounds};
  auto c = s.client();
  ASSERT_TRUE(c.send("GET /never HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  entered.wait(false);
  s.running->stop();
  EXPECT_TRUE(c.closes());
  held->json("{}"); // too late, and harmless
}

TEST(metrics, count_requests_by_route_and_status) {
  const test_server s{{make_route(method::get, "/echo/{x}", echo)}};
  auto c = s.client();
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(c.get("/echo/1"));
  ASSERT_TRUE(c.get("/nowhere"));
  auto& counters = s.application->counters();
  EXPECT_EQ(counters.answered_of(0), 3u);
  EXPECT_EQ(counters.sums().requests, 4u);
  EXPECT_GT(counters.quantile(0, 0.5), 0);
  const auto page = counters.exposition();
  EXPECT_NE(
    page.find("riq_http_requests_total{method=\"GET\",route=\"/echo/{x}\",status=\"200\"} 3"),
    std::string::npos)
    << page;
  EXPECT_NE(page.find("route=\"unmatched\",status=\"404\"} 1"), std::string::npos) << page;
  EXPECT_NE(page.find("riq_http_request_duration_seconds_bucket"), std::string::npos);
  EXPECT_NE(page.find("riq_http_connections 1"), std::string::npos) << page;
}

TEST(io_loop, keeps_no_task_that_ran_in_the_same_turn_as_its_stop) {
  auto loop = std::make_shared<io_loop>(0, std::chrono::milliseconds{10});
  auto held = std::make_shared<int>(0);
  const std::weak_ptr<int> seen = held;
  loop->start();
  // Posted within a task, so that the next turn takes both.
  loop->post([&loop = *loop, held = std::move(held)]() mutable {
    loop.begin_stop(std::chrono::milliseconds{0});
    loop.post([held = std::move(held)] {});
  });
  loop->join();
  EXPECT_TRUE(seen.expired());
}

} // namespace
} // namespace riq::gateway::testing
