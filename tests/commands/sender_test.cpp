// The import's connections against a node that this test plays, over a real socket.

#include "nodes/commands/import/sender.hpp"

#include "nodes/commands/target.hpp"

#include <thread>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <gmock/gmock.h>

using namespace riq::commands;
namespace asio = boost::asio;
namespace http = boost::beast::http;
using tcp = asio::ip::tcp;

namespace {

struct canned {
  unsigned status = 200;
  std::string body;
  bool hang_up = false; ///< close without an answer
};

/// Answers request after request, over as many connections as it takes, and remembers them.
class played_node {
 public:
  explicit played_node(std::vector<canned> answers)
    : acceptor_(context_, {asio::ip::address_v4::loopback(), 0}), answers_(std::move(answers)),
      thread_([this] { serve(); }) {}
  ~played_node() { join(); }

  riq::commands::node_address address() const {
    return {.host = "127.0.0.1", .port = std::to_string(acceptor_.local_endpoint().port())};
  }
  void join() {
    if (thread_.joinable()) thread_.join();
  }
  std::vector<std::string> requests; ///< target and body, to be read after join()

 private:
  void serve() {
    for (std::size_t next = 0; next < answers_.size();) {
      tcp::socket socket{context_};
      acceptor_.accept(socket);
      boost::beast::flat_buffer buffer;
      while (next < answers_.size()) {
        http::request<http::string_body> request;
        boost::beast::error_code failed;
        http::read(socket, buffer, request, failed);
        if (failed) break;
        requests.push_back(std::string{request.target()} + " " + request.body());
        const auto& answer = answers_[next++];
        if (answer.hang_up) break;
        http::response<http::string_body> response;
        response.result(answer.status);
        response.body() = answer.body;
        response.prepare_payload();
        http::write(socket, response, failed);
      }
    }
  }

  asio::io_context context_;
  tcp::acceptor acceptor_;
  std::vector<canned> answers_;
  std::thread thread_;
};

} // namespace

TEST(sender, posts_activities_before_orders_and_both_by_kind) {
  played_node node{{{.body = R"({"accepted":2})"}, {.body = R"({"accepted":1})"}}};
  import_tally tally;
  sender s{node.address(), "p", 100, tally};
  s.add(record_kind::order, "o1\n", {1, 0});
  s.add(record_kind::activity, "a1\n", {2, 3});
  s.add(record_kind::activity, "a2\n", {3, 6});
  EXPECT_EQ(s.first_open()->line, 1u);
  s.flush();
  s.finish();
  node.join();
  EXPECT_THAT(node.requests,
              testing::ElementsAre("/api/users/activity/batch a1\na2\n", "/api/orders/batch o1\n"));
  EXPECT_EQ(tally.accepted(), 3u);
  EXPECT_FALSE(s.first_open());
}

TEST(sender, sends_a_batch_again_until_it_is_answered_for) {
  played_node node{{{.hang_up = true},
                    {.status = 503, .body = R"({"detail":"full"})"},
                    {.body = R"({"accepted":1})"}}};
  import_tally tally;
  sender s{node.address(), "p", 1, tally};
  s.add(record_kind::activity, "a1\n", {1, 0});
  s.finish();
  node.join();
  EXPECT_EQ(node.requests.size(), 3u);
  EXPECT_EQ(tally.accepted(), 1u);
  EXPECT_FALSE(tally.failed());
}

TEST(sender, a_refusal_for_good_ends_the_import_and_leaves_the_batch_open) {
  played_node node{{{.status = 403, .body = R"({"detail":"needs the scope write"})"}}};
  import_tally tally;
  sender s{node.address(), "p", 1, tally};
  s.add(record_kind::activity, "a1\n", {5, 40});
  s.finish();
  EXPECT_TRUE(tally.failed());
  EXPECT_EQ(tally.failure().detail, "needs the scope write");
  ASSERT_TRUE(s.first_open());
  EXPECT_EQ(s.first_open()->line, 5u);
}

TEST(sender, tells_rejected_lines_by_their_number_in_the_file) {
  played_node node{
    {{.body = R"({"accepted":1,"rejected":1,)"
              R"("errors":[{"line":2,"field":"price","detail":"must be positive"}]})"}}};
  import_tally tally;
  sender s{node.address(), "p", 2, tally};
  s.add(record_kind::activity, "a1\n", {10, 0});
  s.add(record_kind::activity, "a2\n", {17, 3});
  s.finish();
  EXPECT_EQ(tally.accepted(), 1u);
  EXPECT_EQ(tally.rejected(), 1u);
  EXPECT_THAT(tally.reasons(), testing::ElementsAre("line 17: price must be positive"));
}

TEST(sender, counts_the_lines_of_the_file_that_orders_stand_in) {
  played_node node{{{.body = R"({"accepted":1,"rejected":1,)"
                             R"("errors":[{"line":2,"field":"userId","detail":"is required"}]})"}}};
  import_tally tally;
  sender s{node.address(), "p", 5, tally};
  s.add(record_kind::order, "o1\n", {10, 0, 3});
  s.add(record_kind::order, "o2\n", {13, 3, 2}); // five lines fill the batch
  s.finish();
  EXPECT_EQ(tally.accepted(), 3u);
  EXPECT_EQ(tally.rejected(), 2u);
  EXPECT_THAT(tally.reasons(),
              testing::ElementsAre("line 13: userId is required (an order of 2 lines)"));
}

TEST(import_tally, tells_the_first_reasons_and_that_there_are_more) {
  import_tally tally;
  for (std::uint64_t line = 1; line <= 12; ++line) tally.rejected({line, 0, 30}, "wrong");
  EXPECT_EQ(tally.rejected(), 360u);
  ASSERT_EQ(tally.reasons().size(), 11u);
  EXPECT_EQ(tally.reasons()[9], "line 10: wrong (an order of 30 lines)");
  EXPECT_EQ(tally.reasons()[10], "…");
}
