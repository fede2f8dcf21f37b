#include "user_events.hpp"

#include <random>

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

// An event processor that was frozen publishes on when it comes back, beside the successor that
// began at its commit. Each publishes in the source's order and without a gap, and all that lies
// before a commit is published; so whatever is first of an offset comes in order, and the rest is
// skipped.
TEST(dedupe, a_frozen_event_processor_beside_its_successor_changes_nothing) {
  std::vector<event> source;
  for (std::int64_t i = 0; i < 60; ++i) {
    auto e = at(t0 + i * minute, acts(activity_type::view, "p" + std::to_string(i % 7)));
    e.origin.offset = 3 * i; // other users' events lie between
    source.push_back(std::move(e));
  }
  subject once;
  for (const auto& e : source) ASSERT_EQ(once.apply(e), applied::yes);
  std::mt19937 dice{7};
  const auto up_to = [&](std::size_t low, std::size_t high) {
    return std::uniform_int_distribution<std::size_t>{low, high}(dice);
  };
  for (int round = 0; round < 500; ++round) {
    const auto committed = up_to(0, source.size());
    auto frozen = up_to(committed, source.size());         // it has published so far
    const auto frozen_ends = up_to(frozen, source.size()); // until it learns that it is replaced
    auto successor = committed;
    subject s;
    for (std::size_t i = 0; i < frozen; ++i) s.apply(source[i]);
    while (successor < source.size() || frozen < frozen_ends) {
      const bool old = frozen < frozen_ends && (successor == source.size() || up_to(0, 1) == 0);
      s.apply(source[old ? frozen++ : successor++]);
    }
    ASSERT_EQ(s.content(), once.content()) << "round " << round;
  }
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
