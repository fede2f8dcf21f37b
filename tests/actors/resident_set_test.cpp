#include "actors/resident_set.hpp"

#include <gtest/gtest.h>

namespace riq {
namespace {

std::vector<std::string> by_age(resident_set& set) {
  std::vector<std::string> out;
  for (auto* r = set.oldest(); r; r = r->newer) out.push_back(r->user_id);
  return out;
}

TEST(resident_set, keeps_the_order_of_use) {
  resident_set set;
  auto& a = set.add("a", 1);
  auto& b = set.add("b", 2);
  auto& c = set.add("c", 3);
  EXPECT_EQ(by_age(set), (std::vector<std::string>{"a", "b", "c"}));
  set.touch(a, 4);
  EXPECT_EQ(by_age(set), (std::vector<std::string>{"b", "c", "a"}));
  set.touch(a, 5);
  set.remove(c);
  EXPECT_EQ(by_age(set), (std::vector<std::string>{"b", "a"}));
  set.remove(b);
  set.remove(a);
  EXPECT_EQ(set.oldest(), nullptr);
  EXPECT_EQ(set.find("a"), nullptr);
  EXPECT_EQ(set.size(), 0U);
}

TEST(resident_set, takes_hints_for_any_number_of_users_known_or_not) {
  resident_set set;
  std::vector<std::uint64_t> hashes;
  for (int i = 0; i < 100; ++i) {
    const auto user = "u" + std::to_string(i);
    if (i % 3 != 0) set.add(user, i);
    hashes.push_back(stable_hash(user));
  }
  set.foresee(hashes);
  EXPECT_EQ(set.find(std::string{"u0"}), nullptr);
  ASSERT_NE(set.find("u98"), nullptr);
  EXPECT_EQ(set.find("u98")->user_id, "u98");
}

TEST(resident_set, the_oldest_unstored_event_leads) {
  resident_set set;
  auto& a = set.add("a", 0);
  auto& b = set.add("b", 0);
  EXPECT_EQ(set.oldest_dirty(), nullptr);
  set.dispatched(b, 5, 10);
  set.dispatched(a, 7, 11);
  set.dispatched(b, 9, 12);
  EXPECT_EQ(set.oldest_dirty(), &b);
  EXPECT_EQ(b.dirty_since, 10);
  EXPECT_EQ(set.snapshot_taken(b, 9, 20), 5);
  EXPECT_EQ(set.oldest_dirty(), &a);
  EXPECT_EQ(set.snapshot_taken(a, 7, 20), 7);
  EXPECT_EQ(set.oldest_dirty(), nullptr);
}

TEST(resident_set, an_event_that_came_after_the_snapshot_stays_dirty) {
  resident_set set;
  auto& a = set.add("a", 0);
  set.dispatched(a, 5, 10);
  set.dispatched(a, 50, 11);
  EXPECT_EQ(set.snapshot_taken(a, 5, 20), 5);
  EXPECT_EQ(a.first_dirty, 6);
  EXPECT_EQ(set.oldest_dirty(), &a);
  EXPECT_EQ(set.snapshot_taken(a, 50, 30), 6);
  EXPECT_EQ(set.oldest_dirty(), nullptr);
}

TEST(resident_set, a_snapshot_from_before_the_first_event_makes_nothing_safe) {
  resident_set set;
  auto& a = set.add("a", 0);
  EXPECT_EQ(set.snapshot_taken(a, 3, 5), -1); // clean
  set.dispatched(a, 50, 10);
  EXPECT_EQ(set.snapshot_taken(a, 3, 20), -1);
  EXPECT_EQ(a.first_dirty, 50); // not 4: the position may go up to here
  EXPECT_EQ(a.dirty_since, 10);
}

TEST(resident_set, a_replayed_event_is_covered_by_a_newer_state) {
  resident_set set;
  auto& a = set.add("a", 0);
  set.dispatched(a, 5, 10);
  EXPECT_EQ(set.snapshot_taken(a, 100, 20), 5);
  EXPECT_EQ(set.oldest_dirty(), nullptr);
}

TEST(resident_set, sums_the_memory) {
  resident_set set;
  auto& a = set.add("a", 0);
  auto& b = set.add("b", 0);
  set.resized(a, 100);
  set.resized(b, 50);
  set.resized(a, 30);
  EXPECT_EQ(set.bytes(), 80U);
  set.dispatched(a, 1, 1);
  set.remove(a);
  EXPECT_EQ(set.bytes(), 50U);
  EXPECT_TRUE(set.dirty().empty());
}

} // namespace
} // namespace riq
