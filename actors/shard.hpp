#pragma once
// One partition of `processed-events` and the users whose events come through it.
//
// Lifecycle: spawned with the position of its last commit, follows the log from there, is ready
// once it reached the end that it found at its start. A batch of the log is grouped by user and
// passed on; users come out of the state store when they are first needed. Every so often the
// oldest unstored users are snapshot and committed together with the position to go on from.
// `drain` stores everything and ends the following of the log.
//
// Threading: log and store call back on their own threads; their callbacks only send messages.

#include <cstdint>
#include <deque>
#include <limits>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>

#include <caf/actor_clock.hpp>
#include <caf/typed_response_promise.hpp>

#include "actors/absent_items.hpp"
#include "actors/batch_tracker.hpp"
#include "actors/context.hpp"
#include "actors/parting_users.hpp"
#include "actors/position_waiters.hpp"
#include "actors/resident_set.hpp"
#include "actors/snapshot_buffer.hpp"
#include "actors/user.hpp"
#include "engine/analytics/aggregate.hpp"
#include "engine/bandit/budget_ledger.hpp"
#include "engine/touch_sample.hpp"
#include "engine/triggers/interest_index.hpp"
#include "messages/interfaces.hpp"
#include "messages/text_map.hpp"
#include "storage/event_log.hpp"
#include "storage/state_store.hpp"

namespace riq {

struct shard_config {
  std::int32_t partition = 0;
  std::shared_ptr<const engine_context> engine;
  std::shared_ptr<storage::event_log> log;
  std::shared_ptr<storage::state_store> store;
  std::int64_t resume_from = 0;           ///< offset of `processed-events`
  std::uint64_t resident_users = 0;       ///< bound on users in memory
  bool ticking = true;                    ///< send itself ticks; a test sends them
  std::shared_ptr<parting_users> parting; ///< takes its users when it ends; null: they end with it
};

/// Names the setting that is wrong.
error validate(const shard_config& config);

struct shard_state {
  static inline const char* name = "shard";

  explicit shard_state(shard_actor::pointer self) : self(self) {}
  ~shard_state(); ///< ends its users

  void start(shard_config c);
  void follow();

  // The log (shard.cpp).
  void delivered(const log_delivery& d);
  void applied(events_applied& a);
  /// An event of a delivery, with the hashes of its user and of its item.
  struct arrival {
    std::int64_t offset = 0;
    event what;
    std::uint64_t user = 0;
    std::uint64_t item = 0;
  };
  struct user_part {
    resident* user;
    apply_events events;
  };
  void read_events(std::span<const log_record> records, const topic_partition& from,
                   const engine::shared_model* model);
  void take_event(arrival& one, const engine::shared_model* model, std::vector<user_part>& parts);
  void pass_on(resident& r, apply_events&& events);
  bool telling_due(std::size_t records) const;
  void complete_batches(bool at_once = false);
  bool tell(batch_tracker::batch& b);
  struct weighed {
    std::vector<bool> told;     ///< by update
    std::uint64_t left_out = 0; ///< touches for which others stand
  };
  weighed weigh_touches(std::vector<numbered_update>& updates, engine::touch_sample& by) const;
  void caught_up();
  void decide_what_waited();
  void grant(std::size_t records);
  void append_fact(event& e);
  void fact_lost(const append_outcome& outcome);

  // Residents (shard_residents.cpp).
  resident& need(const hashed_text& user);
  void load_missing();
  void loaded(const users_loaded& l);
  void go_live(resident& r, user_state&& data, std::int64_t stored_due);
  void give_up(resident& r, const error& why);
  void failed(const user_failed& f);
  void passivate_unused();
  void passivate(resident& r);
  void due(const users_due& d);
  void look_for_due();

  // The catalogue's changes, for those who care (shard_items.cpp).
  void begin_interests();
  void scan_on();
  void scanned(const users_scanned& s);
  void note_interest(const arrival& one, const engine::shared_model* model);
  void remember_interests(const user_state& data);
  bool take_stored_items();
  void follow_items();
  void items_delivered(const log_delivery& d);
  void take_item(const log_record& record);
  void ask_the_interested();
  void reread_items();
  bool items_settled() const { return item_questions.empty() && unheard == 0; }
  void add_items_write(storage::state_commit& batch);

  // Commits (shard_commit.cpp).
  void snapshot(user_snapshot& s);
  std::size_t snapshot_quota(std::int64_t now);
  void ask_for_snapshots();
  void commit();
  void commit_when_due();
  void committed(const commit_outcome& outcome);
  caf::result<shard_status> drain();
  void drain_on();

  // As time passes (shard_tick.cpp).
  void begin_ticks();
  void tick_in(std::int64_t ms);
  void ticked();
  void tick();
  void look_soon();
  bool is_quiet() const;

  // Analytics (shard_analytics.cpp).
  void load_analytics();
  void analytics_loaded_now(const analytics_loaded& l);
  void count(const batch_tracker::batch& b);
  void count_shown();
  bool analytics_due() const;
  void add_analytics(storage::state_commit& batch);
  caf::result<analytics_slice> answer_analytics(const ask_analytics& question);

  // The campaigns' budgets (shard_budgets.cpp).
  void load_budgets();
  bool budgets_loaded(const users_loaded& l);
  bool take_budget(event& e, std::int64_t offset);
  void publish_budgets();
  caf::result<bool> lease(const want_lease& want);
  void ask_for_lease(const std::string& campaign);
  void release_leases(const std::string& campaign, bool more);
  void tick_leases();
  void add_budgets_write(storage::state_commit& batch);
  budget_slice budget_shares() const;

  // Questions (shard_questions.cpp).
  template <class Reply, class Question>
  caf::result<Reply> pass_question(const Question& question);
  template <class Reply, class Question>
  void hand_over(resident& r, caf::typed_response_promise<Reply> promise, const Question& question);
  caf::result<answer> look(const inspect_user& question);
  void answer_look(const std::string& user, const user_state& data);
  void refuse_look(const std::string& user, const error& why);
  shard_status status() const;

  /// Monotonic milliseconds of the actor's clock, for everything that is not event time.
  std::int64_t steady_now() const;
  double ms_since(caf::actor_clock::time_point start) const;
  void fail(std::string& part, const error& why);

  shard_actor::pointer self;
  shard_config config;
  std::shared_ptr<engine_clock> clock;
  std::shared_ptr<const user_context> users;
  std::unique_ptr<storage::subscription> following;

  std::vector<arrival> arrived; ///< those of a delivery that are taken next
  resident_set residents;
  batch_tracker batches;
  engine::touch_sample sample; ///< as of `passed_on`
  snapshot_buffer snapshots;
  position_waiters waiters;
  engine::analytics::aggregate analytics; ///< holds every event before `passed_on`
  std::string analytics_cursor;           ///< the last entry loaded
  bool analytics_ready = false;
  bool loading_analytics = false;
  std::int64_t analytics_stored = 0; ///< steady ms, of the last commit with something of it
  engine::budget_ledger budgets;     ///< holds every event that was delivered
  bool budgets_ready = false;
  bool loading_budgets = false;
  bool budgets_changed = false; ///< since the last commit that has them
  bool budgets_storing = false;
  struct open_lease {
    std::int64_t asked = 0; ///< steady ms
    std::int64_t since = 0;
    std::vector<caf::typed_response_promise<bool>> waiting;
  };
  text_map<open_lease> leases; ///< by campaign
  std::vector<std::string> to_load;

  /// What a shard keeps about the catalogue between two lives, under `items_key`.
  struct items_kept {
    std::vector<std::int64_t> next;  ///< offsets of `item-updates` to go on from, by partition
    std::vector<std::string> absent; ///< out of stock, of those that somebody cares for
    static constexpr auto fields() {
      return std::tuple{field("next", &items_kept::next), field("absent", &items_kept::absent)};
    }
  };
  struct item_follower {
    std::int64_t next = 0;
    std::size_t withheld = 0; ///< credit to grant when the questions are out
    std::unique_ptr<storage::subscription> following;
    std::uint64_t subscription = 0; ///< its number
  };
  struct item_question {
    std::string user;
    item_changed news;
  };
  std::unique_ptr<engine::interest_index> interests;
  absent_items absent;
  std::vector<item_follower> item_followers;
  std::uint64_t item_subscriptions = 0;
  std::deque<item_question> item_questions;
  std::int64_t items_follow_again = 0; ///< steady ms, after reading failed
  std::size_t unheard = 0;             ///< questions that users have not decided yet
  std::int64_t scan_begins = 0;        ///< as steady_now()
  std::string scan_from;
  bool scanning = false;
  bool scan_complete = false;
  std::string items_stored; ///< the bytes that the store has
  std::string items_storing;
  std::unordered_map<std::string, std::vector<caf::typed_response_promise<answer>>> looking;
  struct wake_up {
    std::int64_t due = 0;
    std::int64_t fact = -1; ///< offset of the newest of the user's facts that came back since
  };
  std::unordered_map<std::string, wake_up> woken; ///< due times already acted on

  std::int64_t passed_on = 0; ///< every event before this offset is applied and told to the model
  std::int64_t end_at_start = 0;
  caf::actor_clock::time_point started_at{};
  caf::actor_clock::time_point committing_since{};
  std::int64_t last_commit = 0;                                          ///< steady ms
  std::int64_t last_told = std::numeric_limits<std::int64_t>::min() / 2; ///< steady ms
  std::int64_t last_quota = 0;
  std::int64_t next_tick = 0; ///< steady ms
  std::int64_t last_due_look = 0;
  std::size_t withheld_credit = 0;
  std::uint64_t commit_number = 0;
  std::int64_t committing_position = -1;
  due_entry due_cursor;
  std::int64_t follow_again = 0;                                ///< steady ms, after reading failed
  position_waiters::offsets published_at_start{-1, -1, -1, -1}; ///< of the raw topics
  bool looking_for_due = false;
  bool draining = false;
  std::vector<caf::typed_response_promise<shard_status>> drained;
  /// What is wrong now, in the order of how bad it is; each is empty while its part is well.
  struct {
    std::string damage, reading, loading, telling, storing;
  } failures;
  shard_status counts; ///< its counters are kept here, the rest is filled in by status()
};

shard_actor::behavior_type shard(shard_actor::stateful_pointer<shard_state> self,
                                 shard_config config);

} // namespace riq
