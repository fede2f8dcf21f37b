// The live stream over real sockets.
#include "tests/gateway/fake_node.hpp"

#include "gateway/stream_fanout.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace riq::gateway::testing {
namespace {

live_item item(const std::string& user, const std::string& data) {
  return {live_kind::event, user, "VIEW", "shoes.red", data};
}

/// A client that is greeted, and so gets what is published from now on.
void listen(socket_client& c, std::string_view query = "?kind=event",
            std::string_view headers = {}) {
  ASSERT_TRUE(c.send("GET /api/stream" + std::string{query} + " HTTP/1.1\r\nHost: localhost\r\n" +
                     std::string{headers} + "\r\n"));
  const auto head = c.read_to("\r\n\r\n");
  ASSERT_TRUE(head);
  EXPECT_NE(head->find("HTTP/1.1 200 OK"), std::string::npos) << *head;
  EXPECT_NE(head->find("Content-Type: text/event-stream\r\n"), std::string::npos);
  EXPECT_EQ(head->find("Content-Length"), std::string::npos);
  ASSERT_TRUE(c.read_to("event: hello\n"));
}

TEST(stream, sends_what_is_published_to_everybody_who_wants_it) {
  fake_node n;
  auto all = n.client(), one = n.client(), orders = n.client();
  listen(all);
  listen(one, "?kind=event&user=u1");
  listen(orders, "?kind=event&type=order");
  n.live->publish({item("u1", "{\"n\":1}"), item("u2", "{\"n\":2}")});
  n.live->publish({{live_kind::event, "u3", "ORDER", {}, "{\"n\":3}"}});
  const auto everything = all.read_to("event: event\ndata: {\"n\":3}\n\n");
  ASSERT_TRUE(everything);
  EXPECT_NE(everything->find("id: run-"), std::string::npos);
  const auto seen = one.read_to("data: {\"n\":1}\n\n");
  ASSERT_TRUE(seen);
  EXPECT_EQ(orders.read_to("data: {\"n\":3}\n\n")->find("{\"n\":1}"), std::string::npos);
}

TEST(stream, resumes_behind_the_last_id_and_tells_what_is_lost) {
  fake_node n;
  auto first = n.client();
  listen(first);
  n.live->publish({item("u", "{\"n\":1}"), item("u", "{\"n\":2}"), item("u", "{\"n\":3}")});
  const auto seen = first.read_to("\nevent: event\ndata: {\"n\":1}\n\n");
  ASSERT_TRUE(seen && first.read_to("{\"n\":3}\n\n"));
  const auto at = seen->rfind("id: ") + 4;
  const auto id = seen->substr(at, seen->find('\n', at) - at);
  auto again = n.client();
  listen(again, "?kind=event", "Last-Event-ID: " + id + "\r\n");
  const auto missed = again.read_to("{\"n\":3}\n\n");
  ASSERT_TRUE(missed);
  EXPECT_NE(missed->find("\"resumed\":true,\"lost\":0"), std::string::npos) << *missed;
  EXPECT_EQ(missed->find("{\"n\":1}"), std::string::npos);
  EXPECT_NE(missed->find("{\"n\":2}"), std::string::npos);
  auto other = n.client();
  listen(other, "?kind=event&lastEventId=earlier-7");
  EXPECT_NE(other.read_to("\n\n")->find("\"resumed\":false,\"lost\":-1"), std::string::npos);
}

TEST(stream, a_client_that_does_not_read_is_dropped_with_a_notice) {
  fake_node n;
  auto slow = n.client(), quick = n.client();
  listen(slow);
  listen(quick);
  const std::string big(200'000, 'x');
  // Until the sockets' own buffers and the bound are full: some megabytes.
  for (int i = 0; i < 2'000 && n.live->dropped_clients() == 0; ++i) {
    const auto mark = "{\"n\":" + std::to_string(i) + "}";
    n.live->publish({item("u", "\"" + big + "\""), item("u", mark)});
    ASSERT_TRUE(quick.read_to(mark)); // the others go on
  }
  EXPECT_EQ(n.live->dropped_clients(), 1u);
  ASSERT_TRUE(slow.read_to("event: dropped\ndata: {\"reason\":\"slow\""));
  EXPECT_TRUE(slow.closes());
}

TEST(stream, a_client_that_leaves_is_forgotten) {
  fake_node n;
  {
    auto c = n.client();
    listen(c);
    EXPECT_EQ(n.live->listeners(), 1u);
  }
  for (int i = 0; i < 2'000 && n.live->listeners() > 0; ++i) {
    n.live->publish({item("u", "{}")});
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
  EXPECT_EQ(n.live->listeners(), 0u);
}

TEST(stream, tells_health_and_numbers) {
  fake_node n;
  auto c = n.client();
  listen(c, "?kind=health,analytics");
  EXPECT_TRUE(c.read_to("event: health\ndata: {\"time\":"));
  EXPECT_TRUE(c.read_to("\"ready\":true"));
  const auto numbers = c.read_to("\"partial\":false");
  ASSERT_TRUE(numbers);
  EXPECT_NE(numbers->find("event: analytics"), std::string::npos);
  EXPECT_NE(numbers->find("\"ordersLastHour\":" + std::to_string(memory_log::partition_count)),
            std::string::npos);
}

TEST(stream, says_goodbye_when_the_node_stops) {
  fake_node n;
  auto c = n.client();
  listen(c);
  n.gateway->stop();
  EXPECT_TRUE(c.read_to("{\"reason\":\"stopping\""));
  EXPECT_TRUE(c.closes());
}

TEST(stream, refuses_filters_that_mean_nothing) {
  fake_node n;
  auto c = n.client();
  EXPECT_EQ(c.get("/api/stream?kind=gossip")->status, 400);
  EXPECT_EQ(c.get("/api/stream?type=LOOK")->status, 400);
  EXPECT_EQ(n.live->listeners(), 0u);
}

TEST(stream, answers_a_head_without_a_stream) {
  fake_node n;
  auto c = n.client();
  EXPECT_EQ(c.ask("HEAD /api/stream HTTP/1.1\r\nHost: localhost\r\n\r\n")->status, 200);
  EXPECT_EQ(n.live->listeners(), 0u);
}

} // namespace
} // namespace riq::gateway::testing
