#include "gateway/problem.hpp"

#include <gtest/gtest.h>
#include <simdjson.h>

namespace riq::gateway {
namespace {

TEST(problem, is_a_problem_document_with_the_field) {
  const auto r = problem(error{ec::invalid, "limit", "must be \"small\"\n"});
  EXPECT_EQ(r.status, 400u);
  EXPECT_EQ(r.type, "application/problem+json");
  simdjson::dom::parser parser;
  simdjson::dom::element doc;
  ASSERT_EQ(parser.parse(r.body).get(doc), simdjson::SUCCESS) << r.body;
  EXPECT_EQ(std::string_view{doc["type"]}, "/problems/invalid");
  EXPECT_EQ(std::string_view{doc["title"]}, "Bad Request");
  EXPECT_EQ(std::int64_t{doc["status"]}, 400);
  EXPECT_EQ(std::string_view{doc["detail"]}, "must be \"small\"\n");
  EXPECT_EQ(std::string_view{doc["code"]}, "invalid");
  EXPECT_EQ(std::string_view{doc["field"]}, "limit");
}

TEST(problem, every_code_has_a_status_and_only_none_is_a_success) {
  EXPECT_EQ(status_of(ec::none), 200u);
  for (std::size_t i = 1; i < enum_names(ec{}).size(); ++i) {
    const auto status = status_of(static_cast<ec>(i));
    EXPECT_GE(status, 400u) << i;
    EXPECT_NE(reason_phrase(status), "<unknown-status>") << status;
  }
  EXPECT_EQ(status_of(ec::disk_full), 507u);
  EXPECT_EQ(status_of(ec::too_large), 413u);
  EXPECT_EQ(status_of(ec::timed_out), 504u);
}

TEST(problem, says_when_to_try_again_and_how_to_authenticate) {
  EXPECT_NE(problem({ec::queue_full, "", ""}).headers.find("Retry-After: "), std::string::npos);
  EXPECT_NE(problem({ec::not_ready, "", ""}).headers.find("Retry-After: "), std::string::npos);
  EXPECT_NE(problem({ec::unauthenticated, "", ""}).headers.find("WWW-Authenticate: Bearer"),
            std::string::npos);
  EXPECT_EQ(problem({ec::not_found, "", ""}).headers, "");
}

TEST(render, writes_the_answer_and_leaves_the_body_off_for_head) {
  reply r;
  r.body = "{}";
  std::string out;
  render(r, "Date: now\r\n", true, false, out);
  EXPECT_EQ(out, "HTTP/1.1 200 OK\r\nDate: now\r\nContent-Type: application/json\r\n"
                 "Content-Length: 2\r\n\r\n{}");
  out.clear();
  render(r, "", false, true, out);
  EXPECT_EQ(out, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n"
                 "Connection: close\r\n\r\n");
}

} // namespace
} // namespace riq::gateway
