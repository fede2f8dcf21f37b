// Budgets: what shards spend together never exceeds them, whatever runs, stops and comes twice.

#include "engine/bandit/budget_ledger.hpp"

#include <algorithm>
#include <deque>
#include <random>
#include <set>

#include <gtest/gtest.h>

#include "messages/msgpack.hpp"
#include "user_events.hpp"

namespace riq::engine {
namespace {

constexpr std::int64_t one_unit = 1'000'000;

event serving(std::int64_t amount, std::int64_t source_offset, bool by_trigger = false) {
  offer_served o;
  o.campaign = "c";
  o.spends = amount;
  o.by_trigger = by_trigger;
  auto e = testing::at(0, o);
  e.origin = {.from = source::offer, .offset = source_offset};
  return e;
}

event asks(std::int32_t partition, std::int64_t number, std::int64_t amount, std::int64_t budget,
           std::uint32_t version = 1) {
  return testing::at(0, lease_asked{"c", version, budget, partition, number, amount});
}

event grants(std::int64_t number, std::int64_t amount, std::uint32_t version = 1) {
  return testing::at(0, lease_granted{"c", number, amount, version});
}

TEST(budget_ledger, a_serving_without_a_lease_is_over_budget) {
  budget_ledger l;
  EXPECT_TRUE(l.fold(serving(one_unit, 0), 0).over_budget);
  EXPECT_FALSE(l.fold(grants(1, 2 * one_unit), 1).over_budget);
  EXPECT_FALSE(l.fold(serving(one_unit, 1), 2).over_budget);
  EXPECT_FALSE(l.fold(serving(one_unit, 2), 3).over_budget);
  EXPECT_TRUE(l.fold(serving(one_unit, 3), 4).over_budget);
  EXPECT_EQ(l.purse_of("c")->spent, 2 * one_unit);
}

TEST(budget_ledger, what_has_no_budget_spends_nothing) {
  budget_ledger l;
  const auto done = l.fold(serving(0, 0), 0);
  EXPECT_FALSE(done.over_budget);
  EXPECT_FALSE(done.changed);
}

TEST(budget_ledger, a_replay_answers_as_the_first_time) {
  budget_ledger l;
  l.fold(grants(1, one_unit), 0);
  ASSERT_FALSE(l.fold(serving(one_unit, 0), 1).over_budget);
  ASSERT_TRUE(l.fold(serving(one_unit, 1), 2).over_budget);
  l.fold(grants(2, one_unit), 3);
  const auto before = to_msgpack(l);
  EXPECT_FALSE(l.fold(serving(one_unit, 0), 1).over_budget);
  EXPECT_TRUE(l.fold(serving(one_unit, 1), 2).over_budget) << "though there is a lease by now";
  EXPECT_FALSE(l.fold(grants(2, one_unit), 3).changed);
  EXPECT_EQ(to_msgpack(l), before);
}

TEST(budget_ledger, a_record_that_was_published_twice_spends_once) {
  budget_ledger l;
  l.fold(grants(1, 5 * one_unit), 0);
  l.fold(serving(one_unit, 7), 1);
  EXPECT_FALSE(l.fold(serving(one_unit, 7), 2).over_budget);
  EXPECT_EQ(l.purse_of("c")->spent, one_unit);
}

TEST(budget_ledger, a_trigger_spends_with_its_fact_not_with_its_offers_record) {
  budget_ledger l;
  l.fold(grants(1, one_unit), 0);
  offer_served o;
  o.campaign = "c";
  o.spends = one_unit;
  trigger_fired f;
  f.offer = to_msgpack(o);
  EXPECT_FALSE(l.fold(testing::at(0, f), 1).over_budget);
  EXPECT_FALSE(l.fold(serving(one_unit, 0, true), 2).over_budget);
  EXPECT_EQ(l.purse_of("c")->spent, one_unit);
  f.anchor = 1; // another
  EXPECT_TRUE(l.fold(testing::at(0, f), 3).over_budget);
}

event fires(std::int64_t amount, std::int64_t anchor, const std::string& user = "u") {
  offer_served o;
  o.campaign = "c";
  o.spends = amount;
  trigger_fired f;
  f.rule = "r";
  f.anchor = anchor;
  f.offer = to_msgpack(o);
  auto e = testing::at(0, f);
  e.user_id = user;
  return e;
}

TEST(budget_ledger, a_trigger_that_was_decided_twice_spends_once_and_for_the_dearer_offer) {
  budget_ledger l;
  l.fold(grants(1, 20 * one_unit), 0);
  l.fold(fires(2 * one_unit, 7), 1);
  l.fold(fires(2 * one_unit, 7, "v"), 2);
  EXPECT_EQ(l.purse_of("c")->spent, 4 * one_unit);
  const auto stored = to_msgpack(l);
  EXPECT_FALSE(l.fold(fires(2 * one_unit, 7), 3).over_budget);
  EXPECT_FALSE(l.fold(fires(one_unit, 7), 4).over_budget);
  EXPECT_EQ(l.purse_of("c")->spent, 4 * one_unit);
  EXPECT_EQ(to_msgpack(l), stored) << "nothing has to be stored again";
  l.fold(fires(3 * one_unit, 7), 5);
  EXPECT_EQ(l.purse_of("c")->spent, 5 * one_unit);
  // A later owner, who goes on from what was stored, comes to the same.
  auto other = *from_msgpack<budget_ledger>(stored);
  for (std::int64_t offset = 1; offset <= 5; ++offset) {
    const std::int64_t amounts[] = {2, 2, 2, 1, 3};
    other.fold(fires(amounts[offset - 1] * one_unit, 7, offset == 2 ? "v" : "u"), offset);
  }
  EXPECT_EQ(to_msgpack(other), to_msgpack(l));
}

TEST(budget_ledger, a_user_who_was_erased_and_begins_anew_is_another) {
  budget_ledger l;
  l.fold(grants(1, 20 * one_unit), 0);
  l.fold(fires(one_unit, 1), 1);
  l.fold(fires(one_unit, 1, "v"), 2);
  auto gone = testing::at(0, user_erased{});
  EXPECT_TRUE(l.fold(gone, 3).changed);
  l.fold(fires(one_unit, 1), 4);
  l.fold(fires(one_unit, 1, "v"), 5);
  EXPECT_EQ(l.purse_of("c")->spent, 3 * one_unit);
  EXPECT_FALSE(l.fold(gone, 3).changed) << "a replay takes nothing of what came after";
}

TEST(budget_ledger, the_triggers_it_remembers_are_bounded) {
  budget_ledger l;
  l.fold(grants(1, 10'000 * one_unit), 0);
  const auto many = static_cast<std::int64_t>(budget_ledger::triggers_kept) + 10;
  for (std::int64_t n = 1; n <= many; ++n) l.fold(fires(one_unit, n), n);
  EXPECT_LT(to_msgpack(l).size(), 30'000U);
  l.fold(fires(one_unit, many), many + 1);
  EXPECT_EQ(l.purse_of("c")->spent, many * one_unit);
}

TEST(budget_ledger, one_that_was_stored_before_triggers_were_remembered_is_read) {
  // folded, offersSeen, purses, treasuries, over
  const std::string old{"\x95\x05\xff\x90\x90\x91\x05", 7};
  auto l = from_msgpack<budget_ledger>(old);
  ASSERT_TRUE(l);
  EXPECT_TRUE(l->fold(fires(one_unit, 1), 5).over_budget);
}

TEST(budget_ledger, a_lease_that_is_asked_for_twice_is_granted_once) {
  budget_ledger l;
  const auto first = l.fold(asks(3, 1, one_unit, 640 * one_unit), 0);
  ASSERT_TRUE(first.grant);
  EXPECT_EQ(first.to, 3);
  EXPECT_EQ(first.grant->amount, 640 * one_unit / lease_parts);
  const auto again = l.fold(asks(3, 1, 9 * one_unit, 640 * one_unit), 1);
  ASSERT_TRUE(again.grant);
  EXPECT_EQ(again.grant->amount, first.grant->amount);
  EXPECT_EQ(l.treasury_of("c")->leased, first.grant->amount);
  EXPECT_FALSE(l.fold(asks(3, 0, one_unit, 640 * one_unit), 2).grant) << "of long ago";
}

TEST(budget_ledger, the_budget_of_a_newer_edition_counts) {
  budget_ledger l;
  l.fold(asks(0, 1, one_unit, one_unit), 0);
  EXPECT_EQ(l.fold(asks(0, 2, one_unit, one_unit), 1).grant->amount, 0);
  EXPECT_EQ(l.fold(asks(0, 3, one_unit, 2 * one_unit, 2), 2).grant->amount, one_unit);
  EXPECT_EQ(l.fold(asks(1, 1, one_unit, 9 * one_unit, 1), 3).grant->amount, 0)
    << "an older edition's";
}

TEST(budget_ledger, what_was_stored_is_forgotten) {
  budget_ledger l;
  l.fold(serving(one_unit, 0), 5);
  l.fold(serving(one_unit, 1), 6);
  l.forget_before(6);
  EXPECT_TRUE(l.fold(serving(one_unit, 1), 6).over_budget);
}

/// Shards with their logs, stores and keepers. Anything may come late, twice or never; a shard that
/// is killed goes on from its last commit, perhaps elsewhere.
class shards {
 public:
  shards(unsigned seed, std::int64_t budget) : dice_(seed), budget_(budget) {}

  void run(int steps) {
    for (int i = 0; i < steps; ++i) {
      auto& s = all_[below(all_.size())];
      switch (below(8)) {
      case 0:
      case 1:
        serve(s);
        break;
      case 2:
        ask(s);
        break;
      case 3:
        s.stored = s.ledger;
        s.position = s.next;
        s.applied_stored = s.applied;
        s.ledger.forget_before(static_cast<std::int64_t>(s.position));
        break;
      case 4:
        if (below(4) == 0) kill(s);
        break;
      default:
        read(s);
      }
      check();
    }
  }

  /// Everything is read and everybody asks until nobody gets anything.
  void finish() {
    for (int round = 0; round < 400; ++round)
      for (auto& s : all_) {
        while (s.next < s.log.size()) read(s);
        ask(s);
        serve(s);
        while (s.next < s.log.size()) read(s);
      }
    check();
  }

  std::int64_t shown() const { return shown_; }
  std::int64_t spent() const {
    std::int64_t sum = 0;
    for (const auto& s : all_)
      if (const auto* p = s.ledger.purse_of("c")) sum += p->spent;
    return sum;
  }

 private:
  struct one_shard {
    std::deque<event> log;
    budget_ledger ledger;
    std::size_t next = 0; // of the log
    budget_ledger stored;
    std::size_t position = 0;
    std::int64_t raw = 0;      // offsets of offer-decisions
    std::int64_t applied = -1; // of them, by the users
    std::int64_t applied_stored = -1;
  };

  std::size_t below(std::size_t n) { return dice_() % n; }

  /// A decision is made with what this node believes, which may be long outdated.
  void serve(one_shard& s) {
    const auto& view = below(3) == 0 ? s.stored : s.ledger;
    const auto* p = view.purse_of("c");
    const auto amount = one_unit * static_cast<std::int64_t>(1 + below(3));
    if (p == nullptr || (p->leased - p->spent < amount && below(3) != 0)) return;
    s.log.push_back(serving(amount, s.raw));
    if (below(6) == 0) s.log.push_back(serving(amount, s.raw)); // published twice
    ++s.raw;
  }

  void ask(one_shard& s) {
    const auto* p = s.ledger.purse_of("c");
    const auto number = (p == nullptr ? 0 : p->number) + 1;
    const auto index = static_cast<std::int32_t>(&s - all_.data());
    if (below(4) != 0) // else it is lost
      all_[keeper].log.push_back(
        asks(index, number, one_unit * static_cast<std::int64_t>(1 + below(3)), budget_));
  }

  void read(one_shard& s) {
    if (s.next == s.log.size()) return;
    const auto place = s.next++;
    const auto e = s.log[place];
    const auto done = s.ledger.fold(e, static_cast<std::int64_t>(place));
    if (done.grant && below(5) != 0)
      all_[static_cast<std::size_t>(done.to)].log.push_back(testing::at(0, *done.grant));
    const auto* o = std::get_if<offer_served>(&e.what);
    // A user skips what was published twice.
    if (o == nullptr || e.origin.offset <= s.applied) return;
    s.applied = e.origin.offset;
    const auto index = &s - all_.data();
    if (!done.over_budget && shown_once_.insert({index, e.origin.offset}).second)
      shown_ += o->spends; // its gateway shows it now
  }

  void kill(one_shard& s) {
    s.ledger = s.stored;
    s.next = s.position;
    s.applied = s.applied_stored;
  }

  void check() { ASSERT_LE(shown_, budget_); }

  static constexpr std::size_t keeper = 2;
  std::mt19937 dice_;
  std::int64_t budget_;
  std::vector<one_shard> all_{5};
  std::set<std::pair<std::ptrdiff_t, std::int64_t>> shown_once_;
  std::int64_t shown_ = 0;
};

class budgets : public ::testing::TestWithParam<unsigned> {};

TEST_P(budgets, are_never_exceeded_and_are_used_up) {
  const auto budget = one_unit * static_cast<std::int64_t>(20 + GetParam() * 37 % 400);
  shards all{GetParam(), budget};
  all.run(4'000);
  ASSERT_FALSE(HasFatalFailure());
  EXPECT_LE(all.spent(), budget);
  all.finish();
  EXPECT_EQ(all.shown(), all.spent()) << "what is counted is what was shown";
  EXPECT_GE(all.spent(), budget - 5 * 3 * one_unit) << "less than one serving a shard may be left";
}

INSTANTIATE_TEST_SUITE_P(seeds, budgets, ::testing::Range(1U, 41U));

} // namespace
} // namespace riq::engine
