// The desk answers other nodes for this node's users.

#include "actors/question_desk.hpp"

#include <gtest/gtest.h>

#include "actors/remote_codec.hpp"
#include "messages/topics.hpp"
#include "tests/actors/shard_rig.hpp"

namespace riq::testing {
namespace {

using taken = std::shared_ptr<std::vector<answer_batch>>;

answer_taker::behavior_type take(answer_taker::pointer, const taken& into) {
  return {[into](answer_batch& batch) { into->push_back(std::move(batch)); }};
}

class desk_test : public ::testing::Test {
 protected:
  desk_test() {
    rig.start();
    table->put(0, rig.shard);
    desk = rig.sys.spawn(question_desk, table);
    asker = rig.sys.spawn(take, got);
  }

  void ask(std::vector<remote_question> questions) {
    caf::send_as(asker, desk, question_batch{std::move(questions)});
    rig.sys.drain();
  }

  std::map<std::uint64_t, remote_answer> answers() const {
    std::map<std::uint64_t, remote_answer> out;
    for (const auto& batch : *got)
      for (const auto& a : batch.answers) out[a.number] = a;
    return out;
  }

  static get_features about(const std::string& user) {
    get_features q;
    q.of.user_id = user;
    return q;
  }

  shard_rig rig;
  std::shared_ptr<shard_table> table = std::make_shared<shard_table>(2);
  taken got = std::make_shared<std::vector<answer_batch>>();
  desk_actor desk;
  answer_taker asker;
};

TEST_F(desk_test, many_questions_are_answered_in_one_message) {
  std::vector<remote_question> questions;
  for (std::uint64_t n = 1; n <= 50; ++n)
    questions.push_back(to_remote(n, 0, about("u" + std::to_string(n))));
  ask(std::move(questions));
  const auto all = answers();
  ASSERT_EQ(all.size(), 50U);
  for (const auto& [number, a] : all) {
    EXPECT_EQ(a.code, 0U);
    EXPECT_NE(a.body.find("\"u" + std::to_string(number) + "\""), std::string::npos) << a.body;
  }
  EXPECT_LT(got->size(), 10U);
}

TEST_F(desk_test, an_offer_keeps_its_record) {
  choose_offer q;
  q.of.user_id = "u1";
  ask({to_remote(7, 0, q)});
  const auto all = answers();
  ASSERT_TRUE(all.contains(7));
  const auto choice = from_msgpack<offer_choice>(all.at(7).body);
  ASSERT_TRUE(choice);
  EXPECT_FALSE(choice->served.decision_id.empty());
}

TEST_F(desk_test, a_share_of_the_shops_figures_travels_too) {
  rig.publish(seen("u1", "p1", t0, 0));
  rig.step(50);
  ask_analytics q;
  q.to = t0 + 60'000;
  q.from = t0 - 60'000;
  q.parts = bit_of(analytics_part::sums);
  q.partition = 0;
  ask({to_remote(5, q.partition, q)});
  const auto all = answers();
  ASSERT_TRUE(all.contains(5));
  EXPECT_EQ(all.at(5).code, 0U) << all.at(5).detail;
  const auto slice = from_msgpack<analytics_slice>(all.at(5).body);
  ASSERT_TRUE(slice);
  EXPECT_EQ(slice->as_of, t0);
}

TEST_F(desk_test, what_cannot_be_answered_is_refused_and_the_rest_answered) {
  auto unknown = to_remote(2, 0, about("u"));
  unknown.kind = 1'000;
  auto rubbish = to_remote(3, 0, about("u"));
  rubbish.body = "\xc1rubbish";
  ask({to_remote(1, 1, about("elsewhere")), unknown, rubbish, to_remote(4, 0, about("u"))});
  const auto all = answers();
  ASSERT_EQ(all.size(), 4U);
  EXPECT_EQ(static_cast<ec>(all.at(1).code), ec::not_ready);
  EXPECT_EQ(static_cast<ec>(all.at(2).code), ec::invalid);
  EXPECT_NE(all.at(3).code, 0U);
  EXPECT_EQ(all.at(4).code, 0U);
}

TEST_F(desk_test, an_asker_that_is_gone_is_forgotten) {
  ask({to_remote(1, 0, about("u"))});
  EXPECT_EQ(rig.sys.state_of<desk_state>(desk).askers.size(), 1U);
  caf::anon_send_exit(asker, caf::exit_reason::kill);
  asker = answer_taker{};
  rig.sys.drain();
  EXPECT_EQ(rig.sys.state_of<desk_state>(desk).askers.size(), 0U);
}

} // namespace
} // namespace riq::testing
