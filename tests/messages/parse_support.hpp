#pragma once
// Short ways to say what a parse should come to.

#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "messages/error.hpp"
#include "messages/event.hpp"

namespace riq::testing {

template <class T>
void expect_refused(const result<T>& r, std::string_view field, std::string_view part = {},
                    std::string_view what = {}) {
  ASSERT_FALSE(r) << what;
  EXPECT_EQ(r.error().code, ec::invalid) << what;
  EXPECT_EQ(r.error().field, field) << what << ": " << r.error().detail;
  EXPECT_NE(r.error().detail.find(part), std::string::npos) << r.error().detail;
}

/// The JSON with one member replaced or added: `with(R"({"a":1})", R"("b":2)")`.
inline std::string with(std::string_view object, std::string_view member) {
  auto out = std::string{object.substr(0, object.rfind('}'))};
  out += ',';
  out += member;
  out += '}';
  return out;
}

} // namespace riq::testing
