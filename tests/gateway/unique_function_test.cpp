#include "gateway/unique_function.hpp"

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <string>

namespace riq::gateway {
namespace {

TEST(unique_function, calls_what_it_was_made_of) {
  unique_function<int(int, int)> add = [](int a, int b) { return a + b; };
  EXPECT_EQ(add(2, 3), 5);
  EXPECT_TRUE(add);
  EXPECT_FALSE(unique_function<void()>{});
}

TEST(unique_function, moves_what_cannot_be_copied) {
  unique_function<int()> f = [p = std::make_unique<int>(7)] { return *p; };
  auto g = std::move(f);
  EXPECT_FALSE(f);
  EXPECT_EQ(g(), 7);
  f = std::move(g);
  EXPECT_EQ(f(), 7);
}

TEST(unique_function, keeps_large_and_small_callables_and_ends_each_once) {
  const auto count = std::make_shared<int>(0);
  {
    const std::array<char, 500> large{'x'};
    unique_function<char()> a = [count, large] { return large[0]; };
    unique_function<char()> b = [count] { return 'y'; };
    EXPECT_EQ(count.use_count(), 3);
    std::swap(a, b);
    EXPECT_EQ(a(), 'y');
    EXPECT_EQ(b(), 'x');
    a = std::move(b);
    EXPECT_EQ(count.use_count(), 2);
  }
  EXPECT_EQ(count.use_count(), 1);
}

TEST(unique_function, passes_arguments_without_copies) {
  unique_function<std::size_t(std::unique_ptr<std::string>)> f =
    [](std::unique_ptr<std::string> s) { return s->size(); };
  EXPECT_EQ(f(std::make_unique<std::string>("four")), 4u);
}

} // namespace
} // namespace riq::gateway
