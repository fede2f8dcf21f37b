// THE restart test: whatever order things happen in, and whenever the process dies, in the end
// every user's state is, bit for bit, what one thread makes of the log; and the item model was told
// of each event once.
#include "actors/shard.hpp"

#include <algorithm>
#include <random>
#include <set>

#include <gtest/gtest.h>

#include "tests/actors/numbers.hpp"
#include "tests/actors/shard_rig.hpp"

namespace riq::testing {
namespace {

// Rounds of each program run; each has its own seed, shown when it fails.
constexpr unsigned rounds = 400;

class restart_round {
 public:
  explicit restart_round(unsigned seed) : random_(seed) {
    auto& s = rig_.config->shards;
    s.snapshot_after_ms = pick(200, 3'000);
    s.commit_every_ms = pick(50, 500);
    s.passivate_after_sec = pick(1, 60);
    s.credit_records = pick(3, 40);
    rig_.resident_users = pick(1, 6);
    users_ = static_cast<int>(pick(1, 8));
    rig_.start();
  }

  void run() {
    const auto steps = pick(30, 90);
    for (unsigned i = 0; i < steps; ++i) act();
    heal();
    while (published_ < tape_.size()) publish_next();
    rig_.settle(); // what is due by now is in the log before it is looked at
    for (int i = 0; i < 100 && rig_.status().lag > 0; ++i) rig_.step(50);
    ASSERT_EQ(rig_.status().lag, 0);
    ASSERT_TRUE(rig_.drain());
    compare();
  }

 private:
  unsigned pick(unsigned least, unsigned most) { return least + random_() % (most - least + 1); }
  bool chance(unsigned percent) { return random_() % 100 < percent; }

  void act() {
    switch (random_() % 12) {
    case 0:
    case 1:
    case 2:
    case 3:
      for (auto n = pick(1, 6); n > 0; --n) publish_next();
      break;
    case 4:
    case 5:
      pass(pick(0, 1'500));
      break;
    case 6:
      pass(pick(20, 50) * 60'000);
      break;
    case 7:
      ask();
      break;
    case 8:
      trouble();
      break;
    case 9:
      heal();
      break;
    case 10:
      crash();
      break;
    default:
      break;
    }
    // Whatever was caused runs in part, and in any order of the actors.
    if (chance(30)) std::shuffle(rig_.sys.sched.jobs.begin(), rig_.sys.sched.jobs.end(), random_);
    rig_.sys.sched.run(chance(40) ? pick(0, 30) : 10'000);
  }

  std::string user() { return "u" + std::to_string(random_() % static_cast<unsigned>(users_)); }

  /// The raw topics in the order they are processed; what was made once stays as it is.
  void make_event() {
    const auto time = wall_now - (chance(20) ? pick(0, 3'600'000) : 0);
    const auto product = "p" + std::to_string(random_() % 6);
    switch (random_() % 12) {
    case 0: {
      auto e = bought(user(), "o" + std::to_string(random_() % 20), pick(1, 500), time, orders_++);
      auto& o = std::get<order>(e.what);
      o.items.push_back({product, 2, 10});
      if (chance(20)) o.status = order_status::cancelled;
      e.id += std::to_string(o.status == order_status::cancelled);
      tape_.push_back(std::move(e));
      break;
    }
    case 1:
      if (chance(30)) {
        tape_.push_back(erased(user(), time, activities_++));
        break;
      }
      [[fallthrough]];
    default: {
      auto e =
        seen(user(), product, time, activities_++, static_cast<activity_type>(random_() % 6));
      if (chance(5) && !tape_.empty()) e.id = tape_.back().id; // a client's retry
      tape_.push_back(std::move(e));
    }
    }
  }

  void publish_next() {
    if (published_ == tape_.size()) make_event();
    if (rig_.log->failing) return; // the processor would wait
    testing::publish(*rig_.log, tape_[published_++]);
  }

  void pass(std::int64_t ms) {
    wall_now += ms;
    rig_.sys.sched.advance_time(std::chrono::milliseconds(ms));
    caf::anon_send(rig_.shard, atom::tick_v);
  }

  void ask() {
    get_features f;
    f.of.user_id = chance(80) ? user() : "stranger";
    if (chance(30)) f.of.after = "a0-" + std::to_string(random_() % 50);
    inspect_user look;
    look.of.user_id = user();
    rig_.sys.begin<answer>(rig_.shard, f);
    rig_.sys.begin<answer>(rig_.shard, look);
  }

  void trouble() {
    auto& store = *rig_.store;
    switch (random_() % 6) {
    case 0:
      store.failing = {ec::storage, "", "commits fail"};
      break;
    case 1:
      store.failing_loads = {ec::storage, "", "loads fail"};
      break;
    case 2:
      store.refusing = {ec::queue_full, "", "full"};
      break;
    case 3:
      store.holding = true;
      break;
    case 4:
      rig_.log->failing = {ec::queue_full, "", "full"};
      break;
    default:
      rig_.log->break_readers(topics::processed_events, {ec::storage, "", "reading fails"});
    }
  }

  void heal() {
    auto& store = *rig_.store;
    store.failing = store.failing_loads = store.refusing = rig_.log->failing = {};
    if (chance(50)) store.release();
    store.holding = false;
    store.release();
  }

  /// The process dies. What was on its way to the disk got there, or not.
  void crash() {
    if (chance(50)) rig_.store->release();
    rig_.store->forget();
    rig_.kill();
    rig_.journal->crash(chance(50) ? 0 : random_() % (rig_.journal->unsynced() + 1));
    republish();
    if (chance(80)) {
      rig_.store->holding = false;
      rig_.store->failing = rig_.store->failing_loads = rig_.store->refusing = {};
      rig_.log->failing = {};
    }
    wall_now += pick(0, 5'000);
    rig_.start();
  }

  /// The processor goes on behind what the log still has, or from somewhat before it.
  void republish() {
    std::set<std::pair<source, std::int64_t>> kept;
    for (const auto& r : rig_.log->records(topics::processed_events)) {
      const auto e = *from_msgpack<event>(r.value);
      kept.emplace(e.origin.from, e.origin.offset);
    }
    published_ = 0;
    while (published_ < tape_.size() &&
           kept.contains({tape_[published_].origin.from, tape_[published_].origin.offset}))
      ++published_;
    published_ -= std::min<std::size_t>(published_, pick(0, 12));
  }

  void compare() {
    std::vector<numbered_update> told;
    auto expected =
      replay(rig_.log->records(topics::processed_events), rig_.config->features, &told);
    EXPECT_EQ(rig_.store->position(0),
              rig_.log->range({std::string{topics::processed_events}, 0}).end);
    std::size_t known = 0;
    for (auto& [user, state] : expected) {
      auto stored = rig_.stored(user);
      ASSERT_EQ(stored.has_value(), engine::is_kept(state, wall_now)) << user;
      if (!stored) continue;
      ++known;
      ASSERT_EQ(to_msgpack(*stored), to_msgpack(state)) << user;
    }
    EXPECT_EQ(rig_.store->users(0), known);
    compare_numbers();
    EXPECT_EQ(to_msgpack(rig_.told()), to_msgpack(told));
  }

  /// The shop's numbers are those of one thread, too: nothing was counted twice or not at all.
  void compare_numbers() {
    const auto stored = numbers_in(*rig_.store);
    const auto counted =
      count_all(rig_.log->records(topics::processed_events), rig_.config->features);
    ASSERT_EQ(content_of(stored), content_of(counted));
  }

  std::mt19937 random_;
  shard_rig rig_;
  int users_ = 1;
  std::vector<event> tape_;
  std::size_t published_ = 0;
  std::int64_t activities_ = 0;
  std::int64_t orders_ = 0;
};

TEST(shard_restart, ends_as_one_thread_would_whatever_happens) {
  for (unsigned seed = 0; seed < rounds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    restart_round{seed}.run();
    if (::testing::Test::HasFailure()) return;
  }
}

TEST(shard_restart, a_kill_without_any_commit_replays_everything) {
  shard_rig rig;
  rig.start();
  for (int i = 0; i < 30; ++i) rig.publish(seen("u" + std::to_string(i % 3), "p", t0 + i, i));
  rig.restart();
  EXPECT_EQ(rig.status().events, 30U);
  ASSERT_TRUE(rig.drain());
  for (const auto& [user, state] :
       replay(rig.log->records(topics::processed_events), rig.config->features))
    EXPECT_EQ(*rig.store->value(0, user), to_msgpack(state));
}

TEST(shard_restart, users_that_are_ahead_of_the_position_skip_what_they_have) {
  shard_rig rig;
  rig.start();
  rig.publish(seen("first", "p", t0, 0));
  rig.run(600);
  for (int i = 1; i < 10; ++i) rig.publish(seen("second", "p", t0 + i, i));
  rig.run(500);
  rig.publish(seen("first", "p2", t0 + 10, 10));
  rig.run(900); // second is stored with 9; first's newest is not
  ASSERT_EQ(rig.stored("second")->applied, 9);
  rig.kill();
  rig.store->commit({0, {}, 3}, [](const error&) {}); // as if somebody else were far behind
  rig.start();
  EXPECT_EQ(rig.status().duplicates, 7U);
  EXPECT_EQ(rig.status().events, 1U);
  ASSERT_TRUE(rig.drain());
  EXPECT_EQ(rig.stored("second")->total.events, 9U);
  EXPECT_EQ(rig.stored("first")->total.events, 2U);
}

} // namespace
} // namespace riq::testing
