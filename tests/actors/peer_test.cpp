// The peer asks another node, and refuses at once while that is not reached or does not answer.

#include "actors/peer.hpp"

#include <set>
#include <utility>

#include <caf/io/middleman_actor.hpp>
#include <gtest/gtest.h>

#include "actors/remote_codec.hpp"
#include "messages/topics.hpp"
#include "tests/support/deterministic_system.hpp"
#include "tests/support/memory_log.hpp"

namespace riq::testing {
namespace {

using std::chrono::milliseconds;

/// What the other node does.
struct other_node {
  enum class connecting { silent, refused, works } link = connecting::works;
  bool answers = true;
  bool skips_the_first = false; ///< of a message's questions
  int knocked = 0;              ///< attempts to connect
  int batches = 0;
};

desk_actor::behavior_type other_desk(desk_actor::pointer self,
                                     const std::shared_ptr<other_node>& is) {
  return {[self, is](question_batch& batch) {
            ++is->batches;
            if (!is->answers) return;
            answer_batch out;
            for (const auto& q : batch.questions)
              if (!std::exchange(is->skips_the_first, false))
                out.answers.push_back(to_remote(q.number, answer{"\"from there\""}));
            self->send(caf::actor_cast<peer_actor>(self->current_sender()), std::move(out));
          },
          [](atom::flush) {}};
}

caf::behavior other_connector(caf::event_based_actor* self, const std::shared_ptr<other_node>& is,
                              const desk_actor* there) {
  using opened = caf::result<caf::node_id, caf::strong_actor_ptr, std::set<std::string>>;
  return {[self, is, there](caf::connect_atom, const std::string&, std::uint16_t) -> opened {
    ++is->knocked;
    if (is->link == other_node::connecting::refused)
      return to_caf({ec::not_ready, "", "nobody answers there"});
    auto promise =
      self->make_response_promise<caf::node_id, caf::strong_actor_ptr, std::set<std::string>>();
    if (is->link == other_node::connecting::works)
      promise.deliver(caf::node_id{}, caf::actor_cast<caf::strong_actor_ptr>(*there),
                      std::set<std::string>{});
    return promise;
  }};
}

class peer_test : public ::testing::Test {
 protected:
  peer_test() { log->ensure_topic({.name = std::string{topics::processed_events}}); }

  void start() {
    there = sys.spawn(other_desk, is);
    opens = sys.spawn(other_connector, is, &there);
    peer_config c;
    c.host = "there";
    c.port = 1;
    c.connector = opens;
    c.log = log;
    c.silence_ms = 1'000;
    asked = sys.spawn(peer, std::move(c));
  }

  result<answer> ask() {
    get_features q;
    q.of.user_id = "u";
    return sys.ask<answer>(asked, q);
  }

  void pass(int ms) {
    for (; ms > 0; ms -= 100) sys.advance(milliseconds(100));
  }

  std::shared_ptr<other_node> is = std::make_shared<other_node>();
  std::shared_ptr<memory_log> log = std::make_shared<memory_log>();
  deterministic_system sys;
  desk_actor there;
  caf::actor opens;
  peer_actor asked;
};

TEST_F(peer_test, passes_a_question_on) {
  start();
  const auto a = ask();
  ASSERT_TRUE(a) << a.error().detail;
  EXPECT_EQ(a->body, "\"from there\"");
}

TEST_F(peer_test, a_host_that_says_nothing_is_not_waited_for) {
  is->link = other_node::connecting::silent;
  start();
  EXPECT_EQ(ask().error().code, ec::not_ready) << "at once";
  pass(2'900);
  EXPECT_EQ(is->knocked, 1);
  pass(600);
  EXPECT_EQ(is->knocked, 2) << "given up, and tried again";
  is->link = other_node::connecting::works;
  pass(8'000);
  EXPECT_TRUE(ask());
}

TEST_F(peer_test, tries_again_with_growing_pauses) {
  is->link = other_node::connecting::refused;
  start();
  pass(1'500);
  const auto first = is->knocked;
  EXPECT_GE(first, 3);
  pass(20'000);
  EXPECT_LE(is->knocked - first, 22);
  EXPECT_EQ(ask().error().code, ec::not_ready);
  is->link = other_node::connecting::works;
  pass(4'200);
  EXPECT_TRUE(ask());
}

TEST_F(peer_test, looks_after_nothing_while_the_link_holds_and_nobody_asks) {
  start();
  pass(5'000);
  EXPECT_FALSE(sys.has_timers());
  is->answers = false;
  ASSERT_FALSE(ask());
  EXPECT_TRUE(sys.has_timers());
  pass(2'500);
  EXPECT_FALSE(sys.has_timers()) << "what was asked is refused by now";
}

TEST_F(peer_test, a_link_that_is_lost_is_made_again) {
  start();
  pass(2'000);
  ASSERT_TRUE(ask());
  is->link = other_node::connecting::refused;
  caf::anon_send_exit(there, caf::exit_reason::kill);
  pass(1'000);
  EXPECT_EQ(ask().error().code, ec::not_ready);
  EXPECT_GE(is->knocked, 3);
  is->link = other_node::connecting::works;
  there = sys.spawn(other_desk, is);
  pass(4'200);
  EXPECT_TRUE(ask());
}

TEST_F(peer_test, a_node_that_falls_silent_is_asked_no_more_until_it_answers) {
  start();
  is->answers = false;
  EXPECT_EQ(ask().error().code, ec::timed_out) << "no answer yet";
  pass(1'200);
  const auto before = is->batches;
  EXPECT_EQ(ask().error().code, ec::not_ready) << "refused at once";
  EXPECT_EQ(is->batches, before);
  is->answers = true;
  pass(1'100);
  EXPECT_TRUE(ask()) << "the probe";
  EXPECT_TRUE(ask());
}

TEST_F(peer_test, a_question_whose_answer_is_lost_is_refused_in_time_while_others_are_answered) {
  start();
  is->skips_the_first = true;
  EXPECT_EQ(ask().error().code, ec::timed_out) << "no answer yet";
  const auto& open = sys.state_of<peer_state>(asked).open;
  for (int half = 0; half < 9; ++half, pass(500)) ASSERT_TRUE(ask());
  EXPECT_FALSE(open.empty());
  for (int half = 0; half < 2; ++half, pass(500)) ASSERT_TRUE(ask());
  EXPECT_TRUE(open.empty());
}

} // namespace
} // namespace riq::testing
