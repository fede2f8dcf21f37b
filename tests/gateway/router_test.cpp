#include "gateway/router.hpp"

#include <gtest/gtest.h>

namespace riq::gateway {
namespace {

route at(method verb, std::string_view pattern) {
  route r;
  r.verb = verb;
  r.pattern = pattern;
  r.handle = [](request&, responder) {};
  return r;
}

router sample() {
  auto built =
    router::build({at(method::get, "/"), at(method::get, "/api/items/{productId}"),
                   at(method::put, "/api/items/{productId}"), at(method::post, "/api/items/batch"),
                   at(method::get, "/api/users/{userId}/export")});
  EXPECT_TRUE(built);
  return std::move(*built);
}

TEST(router, finds_literal_segments_and_parameters) {
  const auto r = sample();
  EXPECT_EQ(r.find(method::get, "/").index, 0u);
  const auto item = r.find(method::get, "/api/items/laptop_pro");
  EXPECT_EQ(item.index, 1u);
  EXPECT_EQ(item.parameters, std::vector<std::string>{"laptop_pro"});
  EXPECT_EQ(r.find(method::get, "/api/users/u1/export").index, 4u);
}

TEST(router, a_literal_wins_over_a_parameter) {
  auto built = router::build({at(method::post, "/x/{id}"), at(method::post, "/x/batch")});
  ASSERT_TRUE(built);
  EXPECT_EQ(built->find(method::post, "/x/batch").index, 1u);
  EXPECT_EQ(built->find(method::post, "/x/other").index, 0u);
}

TEST(router, decodes_escapes_within_a_segment) {
  const auto r = sample();
  const auto m = r.find(method::get, "/api/items/a%2Fb%20%C3%A4+c");
  ASSERT_EQ(m.index, 1u);
  EXPECT_EQ(m.parameters[0], "a/b \xC3\xA4+c");
}

TEST(router, refuses_broken_escapes_nul_and_broken_utf8) {
  const auto r = sample();
  for (const auto* bad : {"%", "%4", "%zz", "a%00b", "%ff", "%c3%28", "%ed%a0%80"}) {
    const auto m = r.find(method::get, "/api/items/" + std::string{bad});
    ASSERT_TRUE(m.failure) << bad;
    EXPECT_EQ(m.failure->code, ec::invalid);
    EXPECT_EQ(m.failure->field, "productId");
  }
}

TEST(router, an_empty_or_overlong_parameter_is_no_match) {
  const auto r = sample();
  EXPECT_EQ(r.find(method::get, "/api/items/").index, router::match::npos);
  EXPECT_TRUE(r.find(method::get, "/api/items/" + std::string(600, 'x')).failure);
}

TEST(router, names_the_methods_of_a_path) {
  const auto r = sample();
  const auto m = r.find(method::delete_, "/api/items/x");
  EXPECT_EQ(m.index, router::match::npos);
  EXPECT_EQ(m.allow, "GET, HEAD, PUT");
  EXPECT_TRUE(r.find(method::get, "/api/nothing").allow.empty());
}

TEST(router, head_finds_get) {
  EXPECT_EQ(sample().find(method::head, "/api/items/x").index, 1u);
}

TEST(router, refuses_two_routes_for_one_path) {
  auto built = router::build({at(method::get, "/a/{x}"), at(method::get, "/a/{y}")});
  ASSERT_FALSE(built);
  EXPECT_EQ(built.error().field, "/a/{y}");
}

TEST(router, survives_paths_that_are_none) {
  const auto r = sample();
  for (const auto* path : {"", "x", "//", "///////////////", "/a/b/c/d/e/f/g/h/i/j/k"})
    EXPECT_EQ(r.find(method::get, path).index, router::match::npos) << path;
}

} // namespace
} // namespace riq::gateway
