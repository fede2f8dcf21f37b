// Shards that spend one budget: over any interleaving of decisions, records on their way, restarts
// and former owners that still answer, no more is shown than the budget holds.
#include "actors/shard.hpp"

#include <deque>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "messages/hash.hpp"
#include "messages/position.hpp"
#include "tests/actors/shard_rig.hpp"

namespace riq::testing {
namespace {

constexpr int budget_shards = 3;

campaign_settings spent_campaign(double budget) {
  campaign_settings c;
  c.id = "c";
  c.arms = {{.id = "a"}, {.id = "b"}};
  c.budget = budget;
  return c;
}

class spenders {
 public:
  explicit spenders(double budget, unsigned seed = 1) : dice_(seed), budget_(budget) {
    wall_now = t0;
    for (const auto topic :
         {topics::processed_events, topics::session_updates, topics::offer_decisions})
      log_->ensure_topic({.name = std::string{topic}, .partitions = budget_shards});
    model_->publish(std::make_shared<const engine::shared_model>(config_->model));
    put(budget);
    for (int p = 0; p < budget_shards; ++p) start(p);
  }

  void put(double budget, std::uint32_t version = 1) {
    auto settings = spent_campaign(budget);
    settings.version = version;
    budget_ = std::max(budget_, budget);
    auto set = std::make_shared<engine::campaign_set>();
    set->put(*engine::campaign::compile(settings));
    campaigns_->publish(std::move(set));
  }

  /// One decision from beginning to end, with everything that waits in between done.
  result<offer_choice> decide(const std::string& user) {
    ask(user, false);
    for (int i = 0; i < 20; ++i) {
      step();
      deliver_all();
    }
    auto last = std::move(*last_);
    return last;
  }

  void run(int steps) {
    for (int i = 0; i < steps; ++i) {
      switch (dice_() % 10) {
      case 0:
      case 1:
      case 2:
        ask("u" + std::to_string(dice_() % 12), dice_() % 3 == 0);
        break;
      case 3:
      case 4:
      case 5:
        deliver(dice_() % budget_shards);
        break;
      case 6:
        restart(static_cast<int>(dice_() % budget_shards), dice_() % 2 == 0);
        break;
      default:
        step();
      }
      gather();
      ASSERT_LE(shown, budget_);
    }
  }

  /// Until nobody gets anything any more.
  void spend_all() {
    for (int p = 0; p < budget_shards; ++p) restart(p, false);
    for (int round = 0, refused = 0; refused < 40 && round < 2'000; ++round)
      refused = decide("u" + std::to_string(round % 12)) ? 0 : refused + 1;
    ASSERT_LE(shown, budget_);
  }

  budget_slice sums() {
    budget_slice out{{budget_line{.campaign = "c"}}};
    for (int p = 0; p < budget_shards; ++p) {
      const auto told = sys.ask<budget_slice>(owner_[p], get_budgets{p});
      for (const auto& l : told->lines) {
        out.lines[0].leased += l.leased;
        out.lines[0].spent += l.spent;
      }
    }
    return out;
  }

  void restart(int p, bool old_one_lives) {
    former_[p] = old_one_lives ? owner_[p] : shard_actor{};
    if (!old_one_lives) {
      caf::anon_send_exit(owner_[p], caf::exit_reason::kill);
      sys.drain();
    }
    start(p);
  }

  double shown = 0;

 private:
  struct asking {
    std::string user;
    pending_answer<offer_choice> choice;
  };

  void start(int p) {
    auto context = std::make_shared<engine_context>();
    context->config = config_;
    context->model = model_;
    context->campaigns = campaigns_;
    context->token_secret = "a secret for tests";
    context->wall = test_wall;
    shard_config c;
    c.partition = p;
    c.engine = context;
    c.log = log_;
    c.store = store_;
    c.resume_from = std::max<std::int64_t>(store_->position(p), 0);
    c.resident_users = 100;
    c.ticking = false;
    owner_[p] = sys.spawn(riq::shard, std::move(c));
  }

  /// Asks the owner, or who was it before and does not know yet.
  void ask(const std::string& user, bool former) {
    const auto p = log_->partition_of(topics::processed_events, user);
    choose_offer q;
    q.of.user_id = user;
    q.campaign = "c";
    const auto& to = former && former_[p] ? former_[p] : owner_[p];
    asked_.push_back({user, sys.begin<offer_choice>(to, q)});
  }

  /// Only owners get their ticks: a former one commits nothing.
  void step() {
    wall_now += 50;
    sys.sched.advance_time(std::chrono::milliseconds(50));
    for (auto& s : owner_) caf::anon_send(s, atom::tick_v);
    sys.drain();
    gather();
  }

  /// The gateway: stores what was decided, then asks whether it counts, then shows it.
  void gather() {
    sys.drain();
    for (auto& a : std::exchange(asked_, {})) {
      if (!*a.choice) {
        asked_.push_back(a);
        continue;
      }
      last_ = std::make_unique<result<offer_choice>>(**a.choice);
      if (!**a.choice) continue;
      const auto p = log_->partition_of(topics::offer_decisions, a.user);
      event e;
      e.user_id = a.user;
      e.id = "offer:" + std::to_string(stable_hash((**a.choice)->served.decision_id));
      e.time = (**a.choice)->time;
      e.origin.from = source::offer;
      e.origin.offset = raw_[p]++;
      e.what = (**a.choice)->served;
      look_up_decision q;
      q.of.user_id = a.user;
      q.of.after = to_token({{source::offer, p, e.origin.offset}});
      q.decision = stable_hash((**a.choice)->served.decision_id);
      stored_[p].push_back(e);
      waiting_.push_back({q, static_cast<int>(p)});
    }
    for (auto& w : std::exchange(waiting_, {})) {
      const auto standing = sys.ask<decision_standing>(owner_[w.partition], w.question);
      if (!standing || standing->stale) {
        waiting_.push_back(w);
        continue;
      }
      if (!standing->is_void) shown += 1;
    }
  }

  /// The event processor of the partition, which may publish a record twice.
  void deliver(std::size_t p) {
    if (stored_[p].empty()) return;
    publish(*log_, stored_[p].front(), static_cast<std::int32_t>(p));
    if (dice_() % 4 == 0) publish(*log_, stored_[p].front(), static_cast<std::int32_t>(p));
    stored_[p].pop_front();
  }
  void deliver_all() {
    for (std::size_t p = 0; p < budget_shards; ++p)
      while (!stored_[p].empty()) deliver(p);
    gather();
  }

  struct question_waiting {
    look_up_decision question;
    int partition = 0;
  };

  std::mt19937 dice_;
  double budget_;
  std::shared_ptr<settings> config_ = test_settings();
  std::shared_ptr<memory_log> log_ = std::make_shared<memory_log>();
  std::shared_ptr<memory_store> store_ = std::make_shared<memory_store>();
  std::shared_ptr<engine::model_source> model_ = std::make_shared<engine::model_source>();
  std::shared_ptr<engine::campaign_source> campaigns_ = std::make_shared<engine::campaign_source>();

 public:
  deterministic_system sys;

 private:
  std::array<shard_actor, budget_shards> owner_;
  std::array<shard_actor, budget_shards> former_;
  std::array<std::int64_t, budget_shards> raw_{};
  std::array<std::deque<event>, budget_shards> stored_; // in offer-decisions, not processed yet
  std::vector<asking> asked_;
  std::vector<question_waiting> waiting_;
  std::unique_ptr<result<offer_choice>> last_;
};

TEST(shard_budgets, a_decision_waits_for_its_lease) {
  spenders all{5};
  const auto made = all.decide("u1");
  ASSERT_TRUE(made) << made.error().detail;
  EXPECT_EQ(made->served.spends, 1'000'000);
  EXPECT_EQ(all.shown, 1);
  EXPECT_EQ(all.sums().lines[0].spent, 1'000'000);
}

TEST(shard_budgets, when_it_is_spent_the_answer_says_so_until_it_grows) {
  spenders all{7};
  all.spend_all();
  EXPECT_EQ(all.shown, 7);
  const auto refused = all.decide("u1");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ec::not_found);
  EXPECT_THAT(refused.error().detail, ::testing::HasSubstr("is spent"));
  all.put(8, 2);
  EXPECT_TRUE(all.decide("u1"));
  EXPECT_FALSE(all.decide("u2"));
  EXPECT_EQ(all.shown, 8);
}

TEST(shard_budgets, a_restart_knows_what_was_spent) {
  spenders all{4};
  ASSERT_TRUE(all.decide("u1"));
  ASSERT_TRUE(all.decide("u2"));
  for (int p = 0; p < budget_shards; ++p) all.restart(p, false);
  all.spend_all();
  EXPECT_EQ(all.shown, 4);
  EXPECT_EQ(all.sums().lines[0].spent, 4'000'000);
  EXPECT_EQ(all.sums().lines[0].leased, 4'000'000);
}

TEST(shard_budgets, a_decision_that_waits_outlives_its_users_actor) {
  shard_rig rig;
  rig.config->campaigns = {spent_campaign(5)};
  rig.config->shards.passivate_after_sec = 1;
  rig.start();
  rig.log->losing = {ec::storage, "", "lost"}; // the question for a lease does not arrive
  choose_offer q;
  q.of.user_id = "u";
  q.campaign = "c";
  const auto choice = rig.sys.begin<offer_choice>(rig.shard, q);
  rig.sys.drain();
  rig.step(1'500); // long enough for the user to leave
  ASSERT_EQ(rig.status().passivations, 1U);
  ASSERT_FALSE(*choice);
  rig.log->losing = {};
  rig.run(1'000);
  ASSERT_TRUE(*choice);
  ASSERT_TRUE(**choice) << (**choice).error().detail;
  EXPECT_EQ((**choice)->served.campaign, "c");
}

TEST(shard_budgets, what_did_not_fit_is_known_until_its_commit_succeeded) {
  shard_rig rig;
  rig.start();
  event e;
  e.user_id = "u";
  e.id = "offer:1";
  e.time = t0;
  e.origin = {.from = source::offer, .offset = 0};
  offer_served served;
  served.decision_id = "d";
  served.campaign = "c";
  served.arm = "a";
  served.spends = 1'000'000;
  e.what = served;
  rig.store->failing = {ec::storage, "", "broken"};
  rig.publish(e); // nothing was leased
  rig.settle();
  auto ledger = rig.state().budgets;
  EXPECT_TRUE(ledger.fold(e, 0).over_budget) << "another commit may be of less";
  rig.store->failing = {};
  rig.settle();
  ledger = rig.state().budgets;
  EXPECT_FALSE(ledger.fold(e, 0).over_budget) << "never folded again, and so not kept";
}

class budget_programs : public ::testing::TestWithParam<unsigned> {};

TEST_P(budget_programs, never_show_more_than_the_budget) {
  spenders all{static_cast<double>(5 + GetParam() * 7 % 60), GetParam()};
  all.run(400);
  ASSERT_FALSE(HasFatalFailure());
  all.spend_all();
  const auto sum = all.sums().lines[0];
  EXPECT_LE(all.shown * 1e6, static_cast<double>(sum.spent));
  EXPECT_LE(sum.spent, sum.leased);
  EXPECT_LE(sum.leased, (5 + GetParam() * 7 % 60) * 1'000'000);
  EXPECT_GE(sum.spent, sum.leased - budget_shards * 2 * 1'000'000);
}

INSTANTIATE_TEST_SUITE_P(seeds, budget_programs, ::testing::Range(1U, 41U));

} // namespace
} // namespace riq::testing
