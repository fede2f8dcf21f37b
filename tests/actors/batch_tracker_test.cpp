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
  const auto b = t.open(20, 11, 1);
  t.finished(b, {});
  EXPECT_EQ(t.complete(), nullptr);
  t.finished(a, {});
  EXPECT_EQ(t.complete(), nullptr);
  EXPECT_EQ(t.complete_records(), 0U);
  t.finished(a, {});
  EXPECT_EQ(t.complete_records(), 21U);
  ASSERT_NE(t.complete(), nullptr);
  EXPECT_EQ(t.complete()->next, 20);
  t.pop();
  EXPECT_TRUE(t.empty());
}

TEST(batch_tracker, makes_one_of_those_that_are_complete_and_leaves_the_others) {
  batch_tracker t;
  const auto a = t.open(3, 3, 1);
  const auto b = t.open(6, 3, 2);
  const auto c = t.open(9, 3, 1);
  applied_part one;
  one.events.resize(1);
  t.finished(b, {at(5)}, one);
  t.finished(a, {at(1), at(2)}, one);
  t.finished(b, {at(3)}, one);
  const auto* done = t.complete();
  ASSERT_NE(done, nullptr);
  EXPECT_EQ(done->number, b);
  EXPECT_EQ(done->next, 6);
  EXPECT_EQ(done->records, 6U);
  EXPECT_EQ(done->parts.size(), 3U);
  std::vector<std::int64_t> offsets;
  for (const auto& u : done->updates) offsets.push_back(u.offset);
  EXPECT_EQ(offsets, (std::vector<std::int64_t>{1, 2, 3, 5}));
  t.pop();
  EXPECT_EQ(t.complete(), nullptr);
  t.finished(c, {at(7)});
  ASSERT_NE(t.complete(), nullptr);
  EXPECT_EQ(t.complete()->number, c);
}

TEST(batch_tracker, keeps_what_is_reported_with_its_batch) {
  batch_tracker t;
  const auto a = t.open(3, 3, 1);
  const auto b = t.open(6, 3, 1);
  const auto c = t.open(9, 3, 1);
  batch_reports fired;
  fired.triggers.resize(2);
  batch_reports expired;
  expired.expired.resize(1);
  t.finished(c, {}, {}, fired);
  t.finished(a, {});
  EXPECT_FALSE(t.complete_reports()) << "of those that can be told";
  t.finished(b, {}, {}, expired);
  EXPECT_TRUE(t.complete_reports());
  const auto* done = t.complete();
  ASSERT_NE(done, nullptr);
  EXPECT_EQ(done->number, c);
  EXPECT_EQ(done->reports.triggers.size(), 2U);
  EXPECT_EQ(done->reports.expired.size(), 1U);
}

TEST(batch_tracker, puts_the_updates_of_all_users_in_offset_order) {
  batch_tracker t;
  const auto a = t.open(10, 10, 2);
  t.finished(a, {at(2, "x"), at(5)});
  t.finished(a, {at(1), at(3, "first"), at(3, "second")});
  const auto* done = t.complete();
  ASSERT_NE(done, nullptr);
  std::vector<std::int64_t> offsets;
  for (const auto& u : done->updates) offsets.push_back(u.offset);
  EXPECT_EQ(offsets, (std::vector<std::int64_t>{1, 2, 3, 3, 5}));
  EXPECT_EQ(done->updates[2].update.product_id, "first");
  EXPECT_EQ(done->updates[3].update.product_id, "second");
}

TEST(batch_tracker, puts_the_triggers_of_all_users_in_offset_order) {
  const auto of = [](std::initializer_list<std::pair<std::int64_t, trigger_note::what>> list) {
    batch_reports out;
    for (const auto& [offset, kind] : list) {
      auto& t = out.triggers.emplace_back();
      t.offset = offset;
      t.kind = kind;
    }
    return out;
  };
  using what = trigger_note::what;
  batch_tracker t;
  const auto a = t.open(106, 6, 2);
  const auto b = t.open(110, 4, 2);
  // Whoever is fast is told of no sooner. A conversion bears its trigger's offset.
  t.finished(b, {}, {}, of({{109, what::fired}}));
  t.finished(a, {}, {}, of({{105, what::fired}, {105, what::converted}}));
  t.finished(b, {}, {}, of({{107, what::fired}}));
  t.finished(a, {}, {}, of({{103, what::fired}}));
  const auto* done = t.complete();
  ASSERT_NE(done, nullptr);
  std::vector<std::pair<std::int64_t, what>> told;
  for (const auto& x : done->reports.triggers) told.emplace_back(x.offset, x.kind);
  EXPECT_EQ(told, (std::vector<std::pair<std::int64_t, what>>{{103, what::fired},
                                                              {105, what::fired},
                                                              {105, what::converted},
                                                              {107, what::fired},
                                                              {109, what::fired}}));
}

TEST(batch_tracker, a_batch_without_users_is_complete_at_once) {
  batch_tracker t;
  t.open(7, 3, 0);
  ASSERT_NE(t.complete(), nullptr);
  EXPECT_EQ(t.complete()->records, 3U);
}

TEST(batch_tracker, an_answer_for_a_batch_that_ended_changes_nothing) {
  batch_tracker t;
  const auto a = t.open(10, 1, 1);
  t.finished(a, {});
  t.pop();
  t.finished(a, {});
  const auto b = t.open(20, 1, 1);
  t.finished(a, {});
  EXPECT_EQ(t.complete(), nullptr);
  t.finished(b, {});
  EXPECT_NE(t.complete(), nullptr);
}

} // namespace
} // namespace riq
