#include "engine/decision_token.hpp"

#include <set>
#include <string_view>

#include <gtest/gtest.h>

namespace riq::engine {
namespace {

constexpr std::string_view secret = "a secret of this node";

decision sample() {
  return {"user_42", "default", 3, "save10", 0.925, 1'700'000'000'123, 77};
}

TEST(decision_token, a_signed_decision_reads_back) {
  const auto token = sign(sample(), secret);
  const auto d = verify(token, secret);
  ASSERT_TRUE(d);
  EXPECT_EQ(d->user_id, "user_42");
  EXPECT_EQ(d->campaign, "default");
  EXPECT_EQ(d->campaign_version, 3U);
  EXPECT_EQ(d->arm, "save10");
  EXPECT_EQ(d->propensity, 0.925);
  EXPECT_EQ(d->time, 1'700'000'000'123);
  EXPECT_EQ(d->nonce, 77U);
}

TEST(decision_token, stands_in_a_path_as_it_is) {
  for (std::uint64_t n = 0; n < 200; ++n) {
    auto d = sample();
    d.nonce = n * 0x9e3779b97f4a7c15ULL;
    d.user_id += std::string(n % 5, 'x');
    const auto token = sign(d, secret);
    for (const char c : token)
      ASSERT_TRUE(std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_' || c == '.');
    ASSERT_TRUE(verify(token, secret));
  }
}

TEST(decision_token, is_read_in_every_version) {
  // An outcome may come back after an update of the node, or of msgpack, whose versions differ in
  // how they write whole numbers that are fractions by type.
  const auto token = sign({"u", "c", 1, "a", 0.5, 2, 3}, "key");
  EXPECT_EQ(token, sign({"u", "c", 1, "a", 0.5, 2, 3}, "key"));
  const std::string_view whole = "m6F1oWMBoWHLP-AAAAAAAAACAwAAAAE.nTWqVjljdY6U_WmAbQUg_w";
  const std::string_view fractions =
    "m6F1oWMBoWHLP-AAAAAAAAACAwAAywAAAAAAAAAAyz_wAAAAAAAA.DhzKYvSFsACOdPejuf6H9Q";
  EXPECT_TRUE(token == whole || token == fractions) << token;
  // Before it told how the decision is rewarded.
  const std::string_view first = "l6F1oWMBoWHLP-AAAAAAAAACAw.7URZ19x8jIxEwoQ8GbetXA";
  for (const auto kept : {whole, fractions, first}) {
    const auto old = verify(kept, "key");
    ASSERT_TRUE(old) << kept;
    EXPECT_EQ(old->user_id, "u");
    EXPECT_EQ(old->propensity, 0.5);
    EXPECT_EQ(old->time, 2);
    EXPECT_EQ(old->window_hours, 0U);
    EXPECT_EQ(old->margin_rate, 1);
  }
}

TEST(decision_token, any_change_is_refused) {
  const auto token = sign(sample(), secret);
  for (std::size_t i = 0; i < token.size(); ++i) {
    for (const char c : {'A', 'B', '.', '=', '\0', '\xff'}) {
      if (token[i] == c) continue;
      auto other = token;
      other[i] = c;
      const auto r = verify(other, secret);
      ASSERT_FALSE(r) << i;
      ASSERT_EQ(r.error().code, ec::invalid);
      ASSERT_EQ(r.error().field, "decisionId");
    }
    ASSERT_FALSE(verify(token.substr(0, i), secret));
  }
  EXPECT_FALSE(verify(token + "A", secret));
  EXPECT_FALSE(verify(token + "=", secret));
}

TEST(decision_token, another_secret_does_not_verify) {
  EXPECT_FALSE(verify(sign(sample(), secret), "another"));
  EXPECT_FALSE(verify(sign(sample(), secret), ""));
  EXPECT_TRUE(verify(sign(sample(), ""), ""));
}

TEST(decision_token, what_is_no_token_is_refused) {
  for (const auto* text : {"", ".", "..", "a.b", "AAAA.AAAAAAAAAAAAAAAAAAAAAA"})
    EXPECT_FALSE(verify(text, secret)) << text;
  std::string endless(100'000, 'A');
  endless.append(".AAAAAAAAAAAAAAAAAAAAAA");
  EXPECT_FALSE(verify(endless, secret));
}

} // namespace
} // namespace riq::engine
