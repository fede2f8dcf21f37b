#pragma once
// Reads the log of decisions for questions about the past: what another policy would have brought,
// and why a decision came out as it did. Each question is a scan of `offer-decisions`,
// `order-topic` and `trigger-outcomes` from the oldest kept record to the end told at its start;
// nothing is kept between. What a decision brought is credited as the user's state does it.
//
// Threading: a detached actor, as weighing a long log keeps a thread busy for a while; the log's
// callbacks only send messages. At most `max_scans` run at once, and each holds a bounded number of
// decisions.

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include <caf/typed_response_promise.hpp>

#include "engine/bandit/campaign.hpp"
#include "engine/bandit/off_policy.hpp"
#include "messages/event.hpp"
#include "messages/interfaces.hpp"
#include "storage/event_log.hpp"

namespace riq {

struct offer_log_config {
  std::shared_ptr<storage::event_log> log;
  std::shared_ptr<const engine::campaign_source> campaigns;
  std::size_t max_scans = 2;
  std::size_t max_decisions = 50'000; ///< that an evaluation takes; older ones are left out
};

struct offer_log_state {
  static inline const char* name = "offer_log";

  explicit offer_log_state(offer_log_actor::pointer self) : self(self) {}

  caf::result<answer> evaluate(const evaluate_policy& question);
  caf::result<answer> explain(const explain_decision& question);
  void read(const ranges_told& told);
  void delivered(const log_delivery& d);

  /// A decision of the log and what came of it.
  struct found {
    std::int64_t time = 0;
    event served;
    bool rewarded = false;
    std::int64_t rewarded_at = 0;
    double reward = 0;
    std::string by;       ///< event id of the outcome or order
    bool expired = false; ///< what is told later does not count
  };
  struct scan {
    caf::typed_response_promise<answer> promise;
    std::shared_ptr<engine::campaign> target;           ///< null for an explanation
    std::string user_id;                                ///< of an explanation
    std::string decision_id;                            ///< likewise
    std::int64_t expired_at = 0;                        ///< of it, 0: it did not
    std::int64_t redeemed_at = 0;                       ///< its unique code, 0: it was not
    std::unordered_map<std::uint64_t, found> decisions; ///< by hash of the id
    std::vector<event> outcomes;               ///< that may belong to a decision not met yet
    std::unordered_set<std::uint64_t> settled; ///< orders that bring nothing any more
    std::vector<topic_partition> where;        ///< to read
    std::size_t open = 0;                      ///< of these, the ones that are being read
    error failure;
  };
  struct follower {
    std::uint64_t scan = 0;
    topic_partition where;
    std::int64_t next = 0;
    std::int64_t end = 0;
    std::unique_ptr<storage::subscription> following;
  };

  caf::result<answer> start(scan s, std::int32_t only_partition);
  void follow(int slot);
  void take_decision(scan& s, const log_record& record) const;
  void take_order(scan& s, const log_record& record) const;
  void take_conversion(scan& s, const log_record& record) const;
  void keep_newest(scan& s) const; ///< bounds what a scan holds
  void finish(std::uint64_t id);
  void credit(scan& s) const;
  std::string render_evaluation(const scan& s) const;

  offer_log_actor::pointer self;
  offer_log_config config;
  std::map<std::uint64_t, scan> scans;
  std::map<int, follower> followers; ///< by slot
  std::uint64_t next_scan = 0;
  int next_slot = 0;
};

offer_log_actor::behavior_type offer_log(offer_log_actor::stateful_pointer<offer_log_state> self,
                                         offer_log_config config);

} // namespace riq
