#include "user_events.hpp"

namespace riq::engine {
namespace {

using namespace riq::testing;

event from_source(std::int64_t offset, std::string id = {}) {
  auto e = at(t0, acts(activity_type::view, "p"), std::move(id));
  e.origin.offset = offset;
  return e;
}

event from_line(std::string producer, std::int64_t line) {
  auto e = at(t0, acts(activity_type::view, "p"));
  e.origin.producer = std::move(producer);
  e.origin.sequence = line;
  return e;
}

TEST(dedupe, an_offset_of_the_log_is_applied_once) {
  subject s;
  std::vector<session_update> updates;
  const auto e = at(t0, acts(activity_type::view, "p"));
  EXPECT_EQ(apply(s.state, e, 5, s.settings, updates), applied::yes);
  EXPECT_EQ(apply(s.state, e, 5, s.settings, updates), applied::duplicate);
  EXPECT_EQ(apply(s.state, e, 4, s.settings, updates), applied::duplicate);
  EXPECT_EQ(apply(s.state, e, 6, s.settings, updates), applied::yes);
  EXPECT_EQ(updates.size(), 2U);
}

TEST(dedupe, a_source_position_is_applied_once_by_topic) {
  subject s;
  EXPECT_EQ(s.apply(from_source(7)), applied::yes);
  EXPECT_EQ(s.apply(from_source(7)), applied::duplicate);
  EXPECT_EQ(s.apply(from_source(3)), applied::duplicate);
  EXPECT_EQ(s.apply(from_source(8)), applied::yes);
  auto o = at(t0, orders("o", order_status::completed, {{"p", 1, 1}}));
  o.origin.offset = 2; // another topic counts by itself
  EXPECT_EQ(s.apply(o), applied::yes);
  EXPECT_EQ(s.state.source_offsets, (std::array<std::int64_t, 4>{8, 2, -1, -1}));
}

TEST(dedupe, a_retried_id_changes_nothing_but_positions) {
  subject s;
  EXPECT_EQ(s.apply(from_source(1, "same")), applied::yes);
  const auto before = s.content();
  for (int i = 2; i < 1'000; ++i) ASSERT_EQ(s.apply(from_source(i, "same")), applied::duplicate);
  EXPECT_EQ(s.content(), before);
  EXPECT_TRUE(s.updates.empty());
  EXPECT_EQ(s.state.source_offsets[0], 999); // so that a read after the retry need not wait
  EXPECT_EQ(s.state.total.events, 1U);
}

TEST(dedupe, ids_of_orders_and_activities_are_apart) {
  subject s;
  EXPECT_EQ(s.apply(at(t0, acts(activity_type::view, "p"), "x")), applied::yes);
  EXPECT_EQ(s.apply(at(t0, orders("o", order_status::completed, {{"p", 1, 1}}), "x")),
            applied::yes);
}

TEST(dedupe, a_line_of_an_import_is_applied_once) {
  subject s;
  EXPECT_EQ(s.apply(from_line("file1", 10)), applied::yes);
  EXPECT_EQ(s.apply(from_line("file1", 10)), applied::duplicate);
  EXPECT_EQ(s.apply(from_line("file1", 9)), applied::duplicate);
  EXPECT_EQ(s.apply(from_line("file2", 9)), applied::yes);
  EXPECT_EQ(s.apply(from_line("file1", 11)), applied::yes);
  for (int i = 0; i < 20; ++i) s.apply(from_line("other" + std::to_string(i), 1));
  EXPECT_EQ(s.state.producers.size(), bounds::producers);
}

TEST(dedupe, producers_in_use_are_remembered_longest) {
  subject s;
  s.apply(from_line("mine", 1));
  for (int i = 0; i < 20; ++i) {
    s.apply(from_line("other" + std::to_string(i), 1));
    ASSERT_EQ(s.apply(from_line("mine", 2 + i)), applied::yes);
    ASSERT_EQ(s.apply(from_line("mine", 2 + i)), applied::duplicate);
  }
}

TEST(dedupe, an_event_without_id_and_position_always_counts) {
  subject s;
  EXPECT_EQ(s.apply(from_source(-1)), applied::yes);
  EXPECT_EQ(s.apply(from_source(-1)), applied::yes);
  EXPECT_TRUE(s.state.recent_ids.empty());
}

} // namespace
} // namespace riq::engine
