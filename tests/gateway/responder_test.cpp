#include "gateway/responder.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace riq::gateway {
namespace {

struct recorder final : reply_sink {
  void answer(std::uint64_t number, reply r) override {
    numbers.push_back(number);
    replies.push_back(std::move(r));
  }
  std::vector<std::uint64_t> numbers;
  std::vector<reply> replies;
};

TEST(responder, answers_once) {
  auto sink = std::make_shared<recorder>();
  {
    responder to{sink, 7};
    to.json("{}");
    EXPECT_FALSE(to);
    to.json("[]");
    to.fail({ec::internal, "", ""});
  }
  ASSERT_EQ(sink->replies.size(), 1u);
  EXPECT_EQ(sink->numbers[0], 7u);
  EXPECT_EQ(sink->replies[0].body, "{}");
}

TEST(responder, answers_in_its_destructor_when_nobody_did) {
  auto sink = std::make_shared<recorder>();
  { const responder forgotten{sink, 1}; }
  ASSERT_EQ(sink->replies.size(), 1u);
  EXPECT_EQ(sink->replies[0].status, 500u);
  EXPECT_EQ(sink->replies[0].type, media::problem);
}

TEST(responder, a_moved_one_owes_nothing) {
  auto sink = std::make_shared<recorder>();
  {
    responder first{sink, 1};
    responder second{std::move(first)};
    EXPECT_FALSE(first);
    second.json("{}");
  }
  EXPECT_EQ(sink->replies.size(), 1u);
}

TEST(responder, assigning_over_one_answers_what_it_owed) {
  auto sink = std::make_shared<recorder>();
  {
    responder a{sink, 1};
    a = responder{sink, 2};
    ASSERT_EQ(sink->numbers, (std::vector<std::uint64_t>{1}));
    a.json("{}");
  }
  EXPECT_EQ(sink->numbers, (std::vector<std::uint64_t>{1, 2}));
}

TEST(responder, gives_its_places_back_with_the_answer) {
  admission bounds{1, 1};
  auto sink = std::make_shared<recorder>();
  responder to{sink, 1};
  auto place = bounds.enter();
  ASSERT_TRUE(place);
  to.hold(std::move(place));
  ASSERT_TRUE(to.claim_user(bounds, "u"));
  EXPECT_FALSE(bounds.enter());
  EXPECT_FALSE(bounds.enter_user("u"));
  to.json("{}");
  EXPECT_TRUE(bounds.enter());
  EXPECT_TRUE(bounds.enter_user("u"));
  EXPECT_EQ(bounds.in_flight(), 0u);
}

TEST(responder, a_user_with_too_many_requests_gets_429) {
  admission bounds{100, 2};
  auto sink = std::make_shared<recorder>();
  std::vector<responder> running;
  for (std::uint64_t i = 0; i < 3; ++i) running.emplace_back(sink, i);
  EXPECT_TRUE(running[0].claim_user(bounds, "hammered"));
  EXPECT_TRUE(running[1].claim_user(bounds, "hammered"));
  EXPECT_FALSE(running[2].claim_user(bounds, "hammered"));
  ASSERT_EQ(sink->replies.size(), 1u);
  EXPECT_EQ(sink->replies[0].status, 429u);
  EXPECT_NE(sink->replies[0].headers.find("Retry-After"), std::string::npos);
  responder other{sink, 9};
  EXPECT_TRUE(other.claim_user(bounds, "another user"));
}

TEST(admission, never_lets_more_in_than_its_bound) {
  admission bounds{8, 8};
  std::atomic<int> inside{0}, most{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 20'000; ++i) {
        admission::place held[4];
        for (auto& p : held) {
          p = bounds.enter();
          if (!p) continue;
          const int now = ++inside;
          for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
          }
        }
        for (auto& p : held)
          if (p) {
            --inside;
            p.release();
          }
      }
    });
  for (auto& t : threads) t.join();
  EXPECT_LE(most.load(), 8);
  EXPECT_GT(most.load(), 0);
  EXPECT_EQ(bounds.in_flight(), 0u);
}

} // namespace
} // namespace riq::gateway
