#include "actors/batch_tracker.hpp"

#include <gtest/gtest.h>

namespace riq {
namespace {

numbered_update at(std::int64_t offset, std::string product = "p") {
  numbered_update u;
  u.offset = offset;
  u.update.product_id = std::move(product);
  return u;
}

TEST(batch_tracker, completes_in_the_logs_order_whatever_users_do) {
  batch_tracker t;
  const auto a = t.open(10, 10, 2);
  const auto b = t.open(20, 10, 1);
  t.finished(b, {});
  EXPECT_EQ(t.oldest_complete(), nullptr);
  t.finished(a, {});
  EXPECT_EQ(t.oldest_complete(), nullptr);
  t.finished(a, {});
  ASSERT_NE(t.oldest_complete(), nullptr);
  EXPECT_EQ(t.oldest_complete()->next, 10);
  t.pop();
  ASSERT_NE(t.oldest_complete(), nullptr);
  EXPECT_EQ(t.oldest_complete()->next, 20);
  t.pop();
  EXPECT_TRUE(t.empty());
}

TEST(batch_tracker, puts_the_updates_of_all_users_in_offset_order) {
  batch_tracker t;
  const auto a = t.open(10, 10, 2);
  t.finished(a, {at(2, "x"), at(5)});
  t.finished(a, {at(1), at(3, "first"), at(3, "second")});
  const auto* done = t.oldest_complete();
  ASSERT_NE(done, nullptr);
  std::vector<std::int64_t> offsets;
  for (const auto& u : done->updates) offsets.push_back(u.offset);
  EXPECT_EQ(offsets, (std::vector<std::int64_t>{1, 2, 3, 3, 5}));
  EXPECT_EQ(done->updates[2].update.product_id, "first");
  EXPECT_EQ(done->updates[3].update.product_id, "second");
}

TEST(batch_tracker, a_batch_without_users_is_complete_at_once) {
  batch_tracker t;
  t.open(7, 3, 0);
  ASSERT_NE(t.oldest_complete(), nullptr);
  EXPECT_EQ(t.oldest_complete()->records, 3U);
}

TEST(batch_tracker, an_answer_for_a_batch_that_ended_changes_nothing) {
  batch_tracker t;
  const auto a = t.open(10, 1, 1);
  t.finished(a, {});
  t.pop();
  t.finished(a, {});
  const auto b = t.open(20, 1, 1);
  t.finished(a, {});
  EXPECT_EQ(t.oldest_complete(), nullptr);
  t.finished(b, {});
  EXPECT_NE(t.oldest_complete(), nullptr);
}

} // namespace
} // namespace riq
