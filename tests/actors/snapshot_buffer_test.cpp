#include "actors/snapshot_buffer.hpp"

#include <gtest/gtest.h>

namespace riq {
namespace {

TEST(snapshot_buffer, gives_only_what_is_told_up_to_the_position) {
  snapshot_buffer b;
  b.put("early", {"e", 4, 2, 0, 0});
  b.put("late", {"l", 5, 3, 0, 0});
  const auto writes = b.begin(5);
  ASSERT_EQ(writes.size(), 1U);
  EXPECT_EQ(writes[0].key, "early");
  EXPECT_EQ(b.oldest_waiting(), 3);
  EXPECT_TRUE(b.under_way());
  b.succeeded();
  EXPECT_EQ(b.find("early"), nullptr);
  EXPECT_NE(b.find("late"), nullptr);
}

TEST(snapshot_buffer, a_newer_snapshot_keeps_what_the_older_had_to_answer_for) {
  snapshot_buffer b;
  b.put("u", {"old", 4, 2, 100, 50});
  b.put("u", {"new", 9, 5, 200, 100});
  EXPECT_EQ(b.oldest_waiting(), 2);
  const auto writes = b.begin(10);
  ASSERT_EQ(writes.size(), 1U);
  EXPECT_EQ(writes[0].value, "new");
  EXPECT_EQ(writes[0].due, 200);
  EXPECT_EQ(writes[0].old_due, 50); // the store never had the one in between
}

TEST(snapshot_buffer, a_failed_commit_waits_again) {
  snapshot_buffer b;
  b.put("u", {"one", 4, 2, 100, 50});
  EXPECT_EQ(b.begin(10).size(), 1U);
  EXPECT_EQ(b.oldest_waiting(), -1);
  b.failed();
  EXPECT_EQ(b.oldest_waiting(), 2);
  EXPECT_FALSE(b.under_way());
  ASSERT_NE(b.find("u"), nullptr);
  EXPECT_EQ(b.begin(10).at(0).value, "one");
}

TEST(snapshot_buffer, after_a_failure_the_newer_snapshot_answers_for_both) {
  snapshot_buffer b;
  b.put("u", {"one", 4, 2, 100, 50});
  b.begin(10);
  b.put("u", {"two", 8, 5, 200, 100});
  EXPECT_EQ(b.find("u")->bytes, "two");
  EXPECT_EQ(b.oldest_waiting(), 5);
  b.failed();
  EXPECT_EQ(b.oldest_waiting(), 2);
  EXPECT_EQ(b.size(), 1U);
  const auto writes = b.begin(10);
  ASSERT_EQ(writes.size(), 1U);
  EXPECT_EQ(writes[0].value, "two");
  EXPECT_EQ(writes[0].old_due, 50);
}

TEST(snapshot_buffer, an_erased_user_is_a_deletion) {
  snapshot_buffer b;
  b.put("u", {"", 4, 2, 0, 50});
  const auto writes = b.begin(10);
  ASSERT_EQ(writes.size(), 1U);
  EXPECT_EQ(writes[0].value, std::nullopt);
  EXPECT_EQ(writes[0].old_due, 50);
}

TEST(snapshot_buffer, a_snapshot_of_a_clean_user_holds_no_position_back) {
  snapshot_buffer b;
  b.put("u", {"x", 4, -1, 0, 0});
  EXPECT_EQ(b.oldest_waiting(), -1);
  b.put("v", {"y", 4, 3, 0, 0});
  EXPECT_EQ(b.oldest_waiting(), 3);
}

} // namespace
} // namespace riq
