// Users of a shard that ended go on their own, and none stays.

#include "actors/parting_users.hpp"

#include <chrono>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "tests/actors/shard_rig.hpp"

namespace riq::testing {
namespace {

constexpr int users = 600; // several portions

class parting_users_test : public ::testing::Test {
 protected:
  void begin(std::chrono::milliseconds pause) {
    rig.parting = std::make_shared<parting_users>(pause);
    rig.start();
    for (int i = 0; i < users; ++i) rig.publish(seen("u" + std::to_string(i), "p", t0, i));
    ASSERT_EQ(alive(), users + 1U);
    rig.kill();
  }

  std::size_t alive() { return rig.sys.sys.registry().running(); }

  shard_rig rig;
};

TEST_F(parting_users_test, wait_for_their_time) {
  begin(std::chrono::hours{1});
  EXPECT_EQ(alive(), std::size_t{users});
  EXPECT_EQ(rig.parting->waiting(), std::size_t{users});
  rig.parting->hurry();
  EXPECT_EQ(rig.parting->waiting(), 0U);
  rig.sys.drain();
  EXPECT_EQ(alive(), 0U);
}

TEST_F(parting_users_test, all_go_by_and_by) {
  // Until then the kill is over: the scheduler under test is for one thread at a time.
  begin(std::chrono::milliseconds{500});
  const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds{30};
  while (rig.parting->waiting() > 0 && std::chrono::steady_clock::now() < patience)
    std::this_thread::yield();
  EXPECT_EQ(rig.parting->waiting(), 0U);
  rig.parting->hurry(); // its thread tells nobody any more, so that this one may
  rig.sys.drain();
  EXPECT_EQ(alive(), 0U);
}

TEST_F(parting_users_test, who_comes_later_than_the_end_goes_at_once) {
  rig.parting = std::make_shared<parting_users>(std::chrono::hours{1});
  rig.parting->hurry();
  rig.start();
  rig.publish(seen("u", "p", t0, 0));
  EXPECT_EQ(alive(), 2U);
  rig.kill();
  EXPECT_EQ(alive(), 0U);
}

} // namespace
} // namespace riq::testing
