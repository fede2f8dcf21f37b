// Users of a shard that ended go on their own, and none stays.

#include "actors/parting_users.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include <caf/actor_control_block.hpp>
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
    watch();
    ASSERT_EQ(alive(), std::size_t{users});
    rig.kill();
  }

  void watch() {
    rig.state().residents.for_each(
      [&](const resident& r) { watched.push_back(caf::actor_cast<caf::weak_actor_ptr>(r.actor)); });
  }

  std::size_t alive() const {
    return static_cast<std::size_t>(
      std::ranges::count_if(watched, [](const auto& u) { return u.lock() != nullptr; }));
  }

  shard_rig rig;
  std::vector<caf::weak_actor_ptr> watched;
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
  watch();
  EXPECT_EQ(alive(), 1U);
  rig.kill();
  EXPECT_EQ(alive(), 0U);
}

} // namespace
} // namespace riq::testing
