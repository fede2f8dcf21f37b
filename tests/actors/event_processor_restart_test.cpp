// An event processor that goes on where it was, and a log that fails it.
#include "tests/actors/processor_rig.hpp"

namespace riq::testing {
namespace {

class event_processor_restart_test : public processor_rig {};

TEST_F(event_processor_restart_test, goes_on_from_its_commit) {
  start();
  for (int i = 0; i < 5; ++i) post(topics::user_activity, "u", view_of("u", i));
  sys.kill_all();
  for (int i = 5; i < 8; ++i) post(topics::user_activity, "u", view_of("u", i));
  start();
  const auto events = published();
  ASSERT_EQ(events.size(), 8U);
  for (int i = 0; i < 8; ++i) EXPECT_EQ(events[i].origin.offset, i);
  EXPECT_TRUE(status().ready);
  EXPECT_EQ(status().lag, 0);
}

TEST_F(event_processor_restart_test, publishes_again_under_the_same_ids_when_its_commit_was_lost) {
  start();
  for (int i = 0; i < 5; ++i) post(topics::user_activity, "u", view_of("u", i));
  sys.kill_all();
  log->commit(processor_group, {std::string{topics::user_activity}, 0}, 2);
  start();
  const auto& records = log->records(topics::processed_events);
  ASSERT_EQ(records.size(), 8U);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(records[5 + i].value, records[2 + i].value);
}

TEST_F(event_processor_restart_test, an_append_that_is_refused_stops_it_until_it_works) {
  start();
  log->failing = {ec::queue_full, "", "full"};
  // The raw topics have room, only the processor's appends are refused.
  const auto raw = [&](int i) {
    log->failing = {};
    append(topics::user_activity, "u", view_of("u", i));
    log->failing = {ec::queue_full, "", "full"};
  };
  raw(0);
  raw(1);
  sys.drain();
  raw(2);
  sys.drain();
  EXPECT_TRUE(published().empty());
  EXPECT_EQ(committed(topics::user_activity), -1);
  EXPECT_EQ(status().failure, "full");
  EXPECT_EQ(status().lag, 3);
  pass(2'000);
  EXPECT_TRUE(published().empty());
  log->failing = {};
  pass(500);
  EXPECT_TRUE(published().empty()); // not before its time
  pass(1'000);
  const auto events = published();
  ASSERT_EQ(events.size(), 3U);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(events[i].origin.offset, i);
  EXPECT_EQ(status().failure, "");
  EXPECT_EQ(committed(topics::user_activity), 3);
}

TEST_F(event_processor_restart_test, outcomes_that_are_late_lose_nothing) {
  start();
  log->holding = true;
  for (int i = 0; i < 3; ++i) post(topics::user_activity, "u", view_of("u", i));
  EXPECT_EQ(published().size(), 3U); // readable at once
  EXPECT_EQ(committed(topics::user_activity), -1);
  log->deliver_nothing(topics::orders); // only the position of the orders moves
  sys.drain();
  EXPECT_EQ(committed(topics::user_activity), -1);
  log->release();
  sys.drain();
  EXPECT_EQ(committed(topics::user_activity), 3);
}

TEST_F(event_processor_restart_test, a_late_failure_repeats_all_that_was_under_way) {
  start();
  log->holding = true;
  post(topics::user_activity, "u", view_of("u", 0));
  auto counts_before = status().published;
  EXPECT_EQ(counts_before, 1U);
  // The log lost what it had taken: the outcome is a failure.
  caf::anon_send(processor, append_outcome{1, {ec::storage, "", "lost"}, {}});
  sys.drain();
  log->forget();
  log->holding = false;
  post(topics::user_activity, "u", view_of("u", 1));
  EXPECT_EQ(published().size(), 1U); // it pauses
  pass(1'500);
  const auto events = published();
  ASSERT_EQ(events.size(), 3U); // the first again, which its user skips
  EXPECT_EQ(events[1].origin.offset, 0);
  EXPECT_EQ(events[1].id, events[0].id);
  EXPECT_EQ(events[2].origin.offset, 1);
  EXPECT_EQ(status().published, 2U); // counted once
  EXPECT_EQ(status().received, 2U);
  EXPECT_EQ(committed(topics::user_activity), 2);
}

TEST_F(event_processor_restart_test,
       what_was_read_before_a_failure_hides_nothing_that_is_read_again) {
  start();
  const auto raw = [&](int i) { append(topics::user_activity, "u", view_of("u", i)); };
  raw(0);
  log->losing = {ec::storage, "", "lost"};
  log->holding = true;
  sys.drain();
  log->losing = {};
  log->holding = false;
  // The actor is slow: the failure, the time to read again, and what the first subscription had
  // delivered meanwhile are all in its mailbox.
  log->release();
  caf::anon_send(processor, atom::tick_v);
  raw(1);
  sys.sched.run_once();
  sys.sched.advance_time(std::chrono::seconds(2));
  sys.drain();
  const auto events = published();
  ASSERT_EQ(events.size(), 2U);
  for (int i = 0; i < 2; ++i) EXPECT_EQ(events[i].origin.offset, i);
  EXPECT_EQ(committed(topics::user_activity), 2);
}

TEST_F(event_processor_restart_test, reading_again_does_not_make_a_person_a_machine) {
  config->processor.max_events_per_10s = 4;
  start();
  log->holding = true;
  for (int i = 0; i < 3; ++i) post(topics::user_activity, "u", view_of("u", i));
  caf::anon_send(processor, append_outcome{1, {ec::storage, "", "lost"}, {}});
  sys.drain();
  log->forget();
  log->holding = false;
  pass(1'500);
  EXPECT_EQ(published().size(), 6U);
  EXPECT_TRUE(letters().empty());
}

TEST_F(event_processor_restart_test, a_topic_that_could_not_be_read_is_followed_again) {
  start();
  post(topics::user_activity, "u", view_of("u", 0));
  log->break_readers(topics::user_activity, {ec::storage, "", "bad block"});
  post(topics::user_activity, "u", view_of("u", 1));
  EXPECT_EQ(published().size(), 1U);
  EXPECT_EQ(status().failure, "bad block");
  pass(1'500);
  EXPECT_EQ(published().size(), 2U);
  EXPECT_EQ(status().failure, "");
}

} // namespace
} // namespace riq::testing
