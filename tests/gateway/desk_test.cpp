#include "gateway/desk.hpp"

#include "tests/gateway/fake_node.hpp"

#include <gtest/gtest.h>

#include <condition_variable>
#include <set>

namespace riq::gateway::testing {
namespace {

class desk_fixture : public ::testing::Test {
 protected:
  desk_fixture() {
    shard_ = spawn_shard(system_, with_, 0);
    loop_->start();
  }
  ~desk_fixture() override {
    loop_->begin_stop(std::chrono::milliseconds{0});
    loop_->join();
    desk_.reset();
    caf::anon_send_exit(shard_, caf::exit_reason::kill);
  }

  void ask(const shard_actor& shard, std::string user, std::chrono::milliseconds deadline) {
    loop_->post([=, this] {
      desk_->ask<answer>(
        shard, deadline,
        [this](result<answer> a) {
          std::lock_guard lock(mutex_);
          EXPECT_TRUE(loop_->here());
          if (a)
            bodies_.push_back(a->body);
          else
            errors_.push_back(a.error());
          changed_.notify_all();
        },
        get_features{{user, "", false}});
    });
  }

  bool wait_for(std::size_t answers) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(20),
                             [&] { return bodies_.size() + errors_.size() >= answers; });
  }

  std::shared_ptr<script> with_ = std::make_shared<script>();
  actor_config config_;
  caf::actor_system system_{config_};
  std::shared_ptr<io_loop> loop_ = std::make_shared<io_loop>(0, std::chrono::milliseconds{10});
  std::unique_ptr<desk> desk_ = std::make_unique<desk>(system_, loop_);
  shard_actor shard_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> bodies_;
  std::vector<error> errors_;
};

TEST_F(desk_fixture, brings_answers_back_to_the_loop) {
  for (int i = 0; i < 1000; ++i) ask(shard_, "u" + std::to_string(i), std::chrono::seconds(20));
  ASSERT_TRUE(wait_for(1000));
  EXPECT_EQ(bodies_.size(), 1000u);
  EXPECT_EQ(std::set<std::string>(bodies_.begin(), bodies_.end()).size(), 1000u);
}

TEST_F(desk_fixture, passes_errors_with_their_field) {
  ask(shard_, "broken", std::chrono::seconds(20));
  ASSERT_TRUE(wait_for(1));
  EXPECT_EQ(errors_.at(0).code, ec::conflict);
  EXPECT_EQ(errors_.at(0).field, "userId");
}

TEST_F(desk_fixture, a_deadline_ends_a_question_and_the_others_go_on) {
  ask(shard_, "silent", std::chrono::milliseconds(30));
  ask(shard_, "u", std::chrono::seconds(20));
  ask(shard_, "silent too", std::chrono::milliseconds(60));
  ASSERT_TRUE(wait_for(3));
  ASSERT_EQ(errors_.size(), 2u);
  EXPECT_EQ(errors_[0].code, ec::timed_out);
  EXPECT_EQ(bodies_.size(), 1u);
}

TEST_F(desk_fixture, an_actor_that_ended_is_an_error_not_a_silence) {
  caf::anon_send_exit(shard_, caf::exit_reason::kill);
  ask(shard_, "u", std::chrono::seconds(20));
  ASSERT_TRUE(wait_for(1));
  EXPECT_EQ(errors_.size() + bodies_.size(), 1u);
}

TEST_F(desk_fixture, reuses_its_entries_without_mixing_answers_up) {
  for (int round = 0; round < 50; ++round) {
    ask(shard_, "silent", std::chrono::milliseconds(1));
    for (int i = 0; i < 20; ++i)
      ask(shard_, std::to_string(round) + "-" + std::to_string(i), std::chrono::seconds(20));
  }
  ASSERT_TRUE(wait_for(50 * 21));
  EXPECT_EQ(std::set<std::string>(bodies_.begin(), bodies_.end()).size(), 1000u);
  EXPECT_EQ(errors_.size(), 50u);
}

} // namespace
} // namespace riq::gateway::testing
