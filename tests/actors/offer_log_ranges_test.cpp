// What a scan reads of a log that is elsewhere, where others append and retention drops records.
#include "actors/offer_log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "messages/msgpack.hpp"
#include "messages/topics.hpp"
#include "tests/support/deterministic_system.hpp"
#include "tests/support/memory_log.hpp"

namespace riq::testing {
namespace {

using ::testing::HasSubstr;

/// Knows of `offer-decisions` what was asked for, as a node that does not follow it.
class far_log final : public memory_log {
 public:
  error unreachable;
  std::int64_t dropped = 0; ///< records before this offset are gone

  storage::offset_range range(const topic_partition& where) const override {
    return where.topic == topics::offer_decisions ? known_ : memory_log::range(where);
  }

  void ask_ranges(std::vector<topic_partition> where, storage::ranges_done done) override {
    if (unreachable) return done(unreachable);
    std::vector<storage::offset_range> out;
    for (const auto& w : where) {
      if (w.topic == topics::offer_decisions) known_.end = memory_log::range(w).end;
      out.push_back(range(w));
    }
    done(std::move(out));
  }

  std::unique_ptr<storage::subscription> subscribe(topic_partition where, std::int64_t from,
                                                   storage::batch_sink sink) override {
    if (where.topic == topics::offer_decisions && from < dropped) {
      known_.begin = dropped;
      sink(error{ec::storage, "", "dropped before they were read"});
      where.topic = "nothing more";
    }
    return memory_log::subscribe(std::move(where), from, std::move(sink));
  }

 private:
  storage::offset_range known_;
};

class offer_log_ranges : public ::testing::Test {
 protected:
  offer_log_ranges() {
    for (const auto topic : {topics::offer_decisions, topics::orders})
      log->ensure_topic({.name = std::string{topic}});
    keeper =
      sys.spawn(riq::offer_log, offer_log_config{log, std::make_shared<engine::campaign_source>()});
  }

  void decide(const std::string& decision) {
    event e;
    e.id = "offer:" + decision;
    e.user_id = "u";
    offer_served s;
    s.decision_id = decision;
    s.campaign = "c";
    s.arm = "a";
    s.arms = {"a"};
    s.propensities = {1};
    e.what = std::move(s);
    storage::outgoing_record r;
    r.topic = topics::offer_decisions;
    r.key = e.user_id;
    r.value = to_msgpack(e);
    log->append({std::move(r)}, storage::durability::synced, {});
  }

  result<answer> explain(const std::string& decision) {
    return sys.ask<answer>(keeper, explain_decision{"u", decision});
  }

  std::shared_ptr<far_log> log = std::make_shared<far_log>();
  deterministic_system sys;
  offer_log_actor keeper;
};

TEST_F(offer_log_ranges, a_decision_that_went_through_another_node_is_explained) {
  decide("d1");
  ASSERT_EQ(log->range({std::string{topics::offer_decisions}, 0}).end, 0) << "nothing heard of it";
  const auto a = explain("d1");
  ASSERT_TRUE(a) << a.error().detail;
  EXPECT_THAT(a->body, HasSubstr(R"("decisionId":"d1")"));
}

TEST_F(offer_log_ranges, what_retention_takes_meanwhile_is_left_out) {
  decide("d1");
  decide("d2");
  log->dropped = 1;
  const auto kept = explain("d2");
  ASSERT_TRUE(kept) << kept.error().detail;
  log->dropped = 2; // everything that the scan was told of
  EXPECT_EQ(explain("d2").error().code, ec::not_found);
}

TEST_F(offer_log_ranges, a_log_that_does_not_tell_is_a_failure) {
  decide("d1");
  log->unreachable = {ec::storage, "", "nobody answers"};
  EXPECT_EQ(explain("d1").error().detail, "nobody answers");
  log->unreachable = {};
  EXPECT_TRUE(explain("d1")) << "the scan that failed has made room";
  EXPECT_TRUE(explain("d1"));
}

} // namespace
} // namespace riq::testing
