#include "tests/gateway/fake_node.hpp"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <set>

namespace riq::gateway::testing {
namespace {

class document {
 public:
  explicit document(const std::optional<http_answer>& a) {
    EXPECT_TRUE(a.has_value());
    if (!a) return;
    EXPECT_EQ(parser_.parse(a->body).get(root_), simdjson::SUCCESS) << a->body;
  }
  simdjson::dom::element root() const { return root_; }
  simdjson::simdjson_result<simdjson::dom::element> operator[](std::string_view key) const {
    return root_[key];
  }

 private:
  simdjson::dom::parser parser_;
  simdjson::dom::element root_;
};

constexpr auto partitions = memory_log::partition_count;

std::string range(std::string_view name, std::string_view more = {}) {
  return "/api/analytics/" + std::string{name} + "?from=" + std::to_string(fake_now - 3'600'000) +
         "&to=" + std::to_string(fake_now) + std::string{more};
}

TEST(analytics_routes, list_every_one_with_its_columns) {
  fake_node n;
  const document list{n.client().get("/api/analytics")};
  std::set<std::string_view> names;
  for (const auto one : list["analytics"].get_array()) {
    names.insert(one["name"].get_string().value());
    EXPECT_FALSE(one["definition"].get_string().value().empty());
    EXPECT_GT(one["columns"].get_array().value().size(), 2u);
  }
  EXPECT_EQ(names.size(), enum_names(analytic{}).size());
}

TEST(analytics_routes, every_one_answers_with_its_columns_and_flat_rows) {
  fake_node n;
  auto c = n.client();
  const document list{c.get("/api/analytics")};
  for (const auto one : list["analytics"].get_array()) {
    const std::string name{one["name"].get_string().value()};
    const document a{c.get(range(name))};
    EXPECT_EQ(a["name"].get_string().value(), name);
    std::vector<std::string_view> told, columns;
    for (const auto x : one["columns"].get_array()) told.push_back(x.get_string().value());
    for (const auto x : a["columns"].get_array()) columns.push_back(x.get_string().value());
    EXPECT_EQ(columns, told) << name;
    for (const auto row : a["rows"].get_array()) {
      std::size_t members = 0;
      for (const auto cell : row.get_object()) {
        EXPECT_EQ(cell.key, columns.at(members++)) << name;
        EXPECT_FALSE(cell.value.is_null() || cell.value.is_object() || cell.value.is_array());
      }
      EXPECT_EQ(members, columns.size()) << name;
    }
    EXPECT_FALSE(a["partial"].get_bool().value());
  }
}

TEST(analytics_routes, merge_all_shards_and_fill_the_range) {
  fake_node n;
  const document a{n.client().get(range("revenue"))};
  EXPECT_EQ(a["totals"]["orders"].get_int64().value(), partitions);
  EXPECT_EQ(double(a["totals"]["revenue"].get_double()), 10.0 * partitions);
  EXPECT_EQ(a["granularity"].get_string().value(), "minute");
  const auto from = a["from"].get_int64().value(), to = a["to"].get_int64().value();
  EXPECT_EQ(from % 60'000, 0);
  EXPECT_EQ(static_cast<std::int64_t>(a["rows"].get_array().value().size()), (to - from) / 60'000);
  EXPECT_EQ(a["asOf"].get_int64().value(), fake_now);
  EXPECT_EQ(a["shards"]["answered"].get_int64().value(), partitions);
}

TEST(analytics_routes, tell_which_shard_did_not_answer_in_time) {
  auto s = fake_node::test_settings();
  s.http.deadline_ms = 50;
  fake_node n{s};
  n.with->silent_shard = 1;
  const document a{n.client().get(range("revenue"))};
  EXPECT_TRUE(a["partial"].get_bool().value());
  EXPECT_EQ(a["shards"]["missing"].at(0).get_int64().value(), 1);
  EXPECT_EQ(a["shards"]["answered"].get_int64().value(), partitions - 1);
  EXPECT_EQ(a["totals"]["orders"].get_int64().value(), partitions - 1);
}

TEST(analytics_routes, answer_in_csv_when_asked) {
  fake_node n;
  auto c = n.client();
  const auto a = c.get(range("revenue", "&by=brand"), "Accept: text/csv\r\n");
  ASSERT_TRUE(a);
  EXPECT_EQ(a->header("Content-Type"), "text/csv; charset=utf-8");
  EXPECT_EQ(a->body, "brand,views,carts,units,revenue\r\n\"says \"\"hi\"\", inc\",0,0,0," +
                       std::to_string(10 * partitions) + "\r\n");
  const auto series = c.get(range("views_per_minute", "&format=csv&granularity=hour"));
  ASSERT_TRUE(series);
  EXPECT_TRUE(series->body.starts_with("t,views,perMinute\r\n2025-11-24T16:00:00Z," +
                                       std::to_string(partitions) + ","))
    << series->body;
  EXPECT_EQ(c.get(range("revenue", "&format=json"), "Accept: text/csv\r\n")->header("Content-Type"),
            "application/json");
}

TEST(analytics_routes, refuse_what_is_wrong_and_say_what_is_allowed) {
  fake_node n;
  auto c = n.client();
  const auto refused = [&](std::string_view target, int status, std::string_view field,
                           std::string_view hint) {
    const auto a = c.get(target);
    ASSERT_TRUE(a);
    EXPECT_EQ(a->status, status) << target;
    EXPECT_EQ(a->header("Content-Type"), "application/problem+json");
    const document d{a};
    EXPECT_EQ(d["field"].get_string().value(), field) << target;
    EXPECT_NE(d["detail"].get_string().value().find(hint), std::string_view::npos) << a->body;
  };
  refused("/api/analytics/profits", 404, "name", "/api/analytics");
  refused("/api/analytics/revenue?granularity=week", 400, "granularity", "minute, hour, day");
  refused("/api/analytics/revenue?by=colour", 400, "by", "time, category, brand");
  refused("/api/analytics/searches?by=x", 400, "by", "not understood");
  refused("/api/analytics/top_products_by_category?rank=x", 400, "rank", "views, carts");
  refused("/api/analytics/revenue?from=yesterday", 400, "from", "RFC 3339");
  refused("/api/analytics/revenue?from=2&to=1", 400, "from", "before");
  refused("/api/analytics/revenue?to=99999999999999999999", 400, "to", "RFC 3339");
  refused("/api/analytics/funnel?steps=VIEW", 400, "steps", "2 to 8");
  refused("/api/analytics/funnel?steps=VIEW,VIEW", 400, "steps", "different");
  refused("/api/analytics/funnel?steps=VIEW,OFFER_SERVED", 400, "steps", "CHECKOUT");
  refused("/api/analytics/searches?limit=0", 400, "limit", "");
  refused("/api/analytics/trending?past=100", 400, "past", "");
  refused("/api/analytics/revenue?format=xml", 400, "format", "json, csv");
}

TEST(analytics_routes, a_range_of_any_length_has_a_bounded_answer) {
  fake_node n;
  const auto a = n.client().get("/api/analytics/events?from=0&granularity=minute");
  ASSERT_TRUE(a);
  const document d{a};
  EXPECT_EQ(d["granularity"].get_string().value(), "day");
  EXPECT_LE(d["rows"].get_array().value().size(), 5'000u);
}

} // namespace
} // namespace riq::gateway::testing
