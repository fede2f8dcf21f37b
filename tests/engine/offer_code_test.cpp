#include "engine/offer_code.hpp"

#include <gtest/gtest.h>

#include "engine/decision_token.hpp"
#include "engine/signed_text.hpp"
#include "messages/msgpack.hpp"

namespace riq::engine {
namespace {

constexpr std::string_view code_secret = "a secret of this node";

offer_code sample_code() {
  return {"user_42", "spring", "ten", 0xfedcba9876543210, 1'700'000'000'123};
}

TEST(offer_code, a_signed_code_reads_back) {
  const auto c = verify_code(sign_code(sample_code(), code_secret), code_secret);
  ASSERT_TRUE(c);
  EXPECT_EQ(to_msgpack(*c), to_msgpack(sample_code()));
}

TEST(offer_code, any_change_is_unknown) {
  const auto code = sign_code(sample_code(), code_secret);
  for (std::size_t i = 0; i < code.size(); ++i)
    for (const char c : {'A', 'B', '.', '=', '\0'}) {
      if (code[i] == c) continue;
      auto other = code;
      other[i] = c;
      const auto read = verify_code(other, code_secret);
      ASSERT_FALSE(read) << i;
      EXPECT_EQ(read.error().code, ec::not_found);
    }
  EXPECT_FALSE(verify_code("", code_secret));
  EXPECT_FALSE(verify_code(code, "another secret"));
  EXPECT_FALSE(verify_code(code + "A", code_secret));
}

TEST(offer_code, a_decision_id_is_no_code_and_a_code_no_decision_id) {
  const auto token = sign({"user_42", "spring", 1, "ten", 1, 1'700'000'000'123, 7}, code_secret);
  EXPECT_FALSE(verify_code(token, code_secret));
  EXPECT_FALSE(verify(sign_code(sample_code(), code_secret), code_secret));
}

TEST(offer_code, a_signed_text_of_another_shape_is_unknown) {
  EXPECT_FALSE(verify_code(sign_text("\x01", "code:", code_secret), code_secret));
  EXPECT_FALSE(verify_code(sign_text("", "code:", code_secret), code_secret));
}

} // namespace
} // namespace riq::engine
