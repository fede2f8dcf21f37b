#include "gateway/line_sink.hpp"
#include "messages/topics.hpp"
#include "tests/gateway/fake_node.hpp"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <map>
#include <thread>

namespace riq::gateway::testing {
namespace {

std::string line(int i) {
  return R"({"userId":"u)" + std::to_string(i % 100) + R"(","eventType":"VIEW","productId":"p)" +
         std::to_string(i) + "\"}\n";
}

std::string chunk(std::string_view bytes) {
  char size[32];
  std::snprintf(size, sizeof size, "%zx\r\n", bytes.size());
  return size + std::string{bytes} + "\r\n";
}

const std::string head = "POST /api/users/activity/batch HTTP/1.1\r\nHost: localhost\r\n"
                         "Content-Type: application/x-ndjson\r\nX-Producer-Id: file-7\r\n";

struct counts {
  std::uint64_t accepted = 0, rejected = 0;
  std::string body;
};

counts read(const std::optional<http_answer>& a) {
  counts out;
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  if (!a || parser.parse(a->body).get(root) != simdjson::SUCCESS) {
    ADD_FAILURE() << (a ? a->body : "no answer");
    return out;
  }
  out.accepted = root["accepted"].get_uint64().value();
  out.rejected = root["rejected"].get_uint64().value();
  out.body = a->body;
  return out;
}

TEST(line_splitter, cuts_lines_wherever_the_parts_end) {
  const std::string text = "one\r\ntwo\n\nlonger than the bound\nlast";
  for (std::size_t step = 1; step <= text.size(); ++step) {
    line_splitter lines{10};
    std::vector<std::string> got;
    const auto take = [&](std::string_view t, bool fits) {
      got.emplace_back(fits ? t : "too long");
    };
    for (std::size_t at = 0; at < text.size(); at += step)
      lines.feed(std::string_view{text}.substr(at, step), take);
    lines.finish(take);
    EXPECT_EQ(got, (std::vector<std::string>{"one", "two", "", "too long", "last"})) << step;
  }
}

TEST(batch, streams_a_hundred_thousand_lines) {
  fake_node n;
  auto c = n.client();
  std::thread sender([&] {
    c.send(head + "Transfer-Encoding: chunked\r\n\r\n");
    std::string part;
    for (int i = 0; i < 100'000; ++i) {
      part += line(i);
      if (part.size() > 50'000) {
        c.send(chunk(part));
        part.clear();
      }
    }
    c.send(chunk(part) + "0\r\n\r\n");
  });
  const auto a = c.receive(false, std::chrono::seconds(60));
  sender.join();
  const auto got = read(a);
  EXPECT_EQ(got.accepted, 100'000u);
  EXPECT_EQ(got.rejected, 0u);
  const auto kept = n.log.records(topics::user_activity);
  ASSERT_EQ(kept.size(), 100'000u);
  EXPECT_EQ(kept[99'999].value + "\n", line(99'999));
  EXPECT_LE(n.log.most_waiting(), 4u);
}

TEST(batch, tells_the_lines_that_are_wrong_and_takes_the_others) {
  fake_node n;
  auto c = n.client();
  const std::string body = line(1) + "rubbish\n" + "\n" +
                           R"({"userId":"u","eventType":"LOOK","productId":"x"})" + "\n" + line(2) +
                           "{\"userId\":\"\xff\"}\n" + line(3).substr(0, line(3).size() - 1);
  const auto got =
    read(c.ask(head + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body));
  EXPECT_EQ(got.accepted, 3u);
  EXPECT_EQ(got.rejected, 3u);
  EXPECT_NE(got.body.find(R"("line":2)"), std::string::npos) << got.body;
  EXPECT_NE(got.body.find(R"("line":4,"field":"eventType")"), std::string::npos) << got.body;
  EXPECT_NE(got.body.find(R"("position":"a)"), std::string::npos) << got.body;
  EXPECT_EQ(c.get("/healthz")->status, 200);
}

TEST(batch, begins_with_a_byte_order_mark_or_without) {
  fake_node n;
  auto c = n.client();
  const auto body = "\xef\xbb\xbf" + line(1) + line(2);
  const auto got =
    read(c.ask(head + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body));
  EXPECT_EQ(got.accepted, 2u);
  EXPECT_EQ(got.rejected, 0u) << got.body;
}

TEST(batch, a_line_has_a_bound_and_the_body_none) {
  auto s = fake_node::test_settings();
  s.http.line_bytes = 1000;
  s.http.body_bytes = 2000;
  fake_node n{s};
  auto c = n.client();
  std::string body = std::string(50'000, 'x') + "\n";
  for (int i = 0; i < 1000; ++i) body += line(i);
  const auto got =
    read(c.ask(head + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body));
  EXPECT_EQ(got.accepted, 1000u);
  EXPECT_EQ(got.rejected, 1u);
}

TEST(batch, waits_with_reading_while_appends_are_under_way) {
  fake_node n;
  n.log.hold(true);
  auto c = n.client();
  ASSERT_TRUE(c.send(head + "Transfer-Encoding: chunked\r\n\r\n"));
  std::string part;
  for (int i = 0; i < 2000; ++i) part += line(i);
  const auto bytes = chunk(part);
  // The client fills what there is of buffers, and then it is held up.
  std::size_t sent = 0;
  bool held_up = false;
  for (int i = 0; i < 2000 && !held_up; ++i) {
    sent += c.send_some(std::string_view{bytes}.substr(sent % bytes.size()));
    held_up = !c.writable(std::chrono::milliseconds{100});
  }
  EXPECT_TRUE(held_up);
  EXPECT_LE(n.log.waiting(), 5u);
  n.log.hold(false);
  // It goes on where it was.
  while (sent % bytes.size() != 0) {
    ASSERT_TRUE(c.writable(std::chrono::seconds{20}));
    sent += c.send_some(std::string_view{bytes}.substr(sent % bytes.size()));
  }
  const auto got = read(c.ask("0\r\n\r\n"));
  EXPECT_EQ(got.accepted, 2000u * (sent / bytes.size()));
}

TEST(batch, waits_for_a_full_queue_and_gives_up_on_a_full_disk) {
  fake_node n;
  auto c = n.client();
  const auto body = line(1);
  const auto bytes = head + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  n.log.refuse(3, {ec::queue_full, "", "the queue is full"});
  EXPECT_EQ(read(c.ask(bytes)).accepted, 1u);
  n.log.refuse(1, {ec::disk_full, "", "the disk is full"});
  const auto a = c.ask(bytes);
  ASSERT_TRUE(a);
  EXPECT_EQ(a->status, 507);
  EXPECT_NE(a->body.find("0 lines were stored before"), std::string::npos) << a->body;
}

TEST(batch, a_full_queue_does_not_let_later_lines_overtake) {
  fake_node n;
  auto c = n.client();
  std::string body;
  constexpr int lines = 10'000; // several appends
  for (int i = 0; i < lines; ++i) body += line(i);
  n.log.refuse(3, {ec::queue_full, "", "the queue is full"});
  EXPECT_EQ(read(c.ask(head + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body))
              .accepted,
            std::uint64_t{lines});
  std::map<std::string, int> newest;
  for (const auto& r : n.log.records(topics::user_activity)) {
    const auto at = r.value.find("\"p", r.value.find("productId") + 10);
    ASSERT_NE(at, std::string::npos) << r.value;
    const int product = std::stoi(r.value.substr(at + 2));
    const auto [seen, is_first] = newest.try_emplace(r.key, product);
    EXPECT_TRUE(is_first || seen->second < product) << r.key << ' ' << product;
    seen->second = product;
  }
  EXPECT_EQ(newest.size(), 100u);
}

TEST(batch, keeps_who_numbered_the_lines) {
  fake_node n;
  auto c = n.client();
  const auto body = line(1);
  ASSERT_TRUE(c.ask(head + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body));
  const auto kept = n.log.records(topics::user_activity);
  ASSERT_EQ(kept.size(), 1u);
  bool found = false;
  for (const auto& [key, value] : kept[0].headers)
    found = found || (key == headers::producer && value == "file-7");
  EXPECT_TRUE(found);
}

TEST(batch, takes_orders_and_items) {
  fake_node n;
  auto c = n.client();
  const std::string orders =
    R"({"orderId":"o1","userId":"u","items":[{"productId":"p","quantity":2,"price":5}],"totalAmount":10})"
    "\n"
    R"({"orderId":"o2","userId":"u","items":[{"productId":"p","quantity":2,"price":5}],"totalAmount":11})"
    "\n";
  const auto got = read(c.post("/api/orders/batch", orders));
  EXPECT_EQ(got.accepted, 1u);
  EXPECT_EQ(got.rejected, 1u);
  const std::string items = R"({"productId":"a","price":1})"
                            "\n"
                            R"({"price":1})"
                            "\n";
  EXPECT_EQ(read(c.post("/api/items/batch", items)).accepted, 1u);
  EXPECT_EQ(n.log.records(topics::item_updates).size(), 1u);
}

TEST(batch, a_client_that_leaves_in_the_middle_does_not_matter) {
  fake_node n;
  {
    auto c = n.client();
    ASSERT_TRUE(c.send(head + "Content-Length: 100000\r\n\r\n" + line(1) + line(2)));
    ASSERT_TRUE(c.writable(std::chrono::seconds{1}));
  }
  EXPECT_EQ(n.client().get("/healthz")->status, 200);
}

} // namespace
} // namespace riq::gateway::testing
