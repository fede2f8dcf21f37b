#pragma once
// One user as an actor. Spawned by its shard with the state from the store (or an empty one), ends
// at passivation or with its shard. What it is told to apply comes from the log in order; what it
// decides reads the shared model and never waits for anybody.

#include <atomic>
#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <vector>

#include "actors/budget_board.hpp"
#include "actors/context.hpp"
#include "actors/serving_board.hpp"
#include "engine/analytics/shown.hpp"
#include "engine/bandit/decide.hpp"
#include "engine/random.hpp"
#include "engine/user_state.hpp"
#include "messages/interfaces.hpp"
#include "messages/rare.hpp"

namespace riq {

/// Shared by all users of a shard.
struct user_context {
  std::shared_ptr<const engine_context> engine;
  std::shared_ptr<const engine_clock> clock;
  shard_actor shard;
  std::int32_t partition = 0;
  std::shared_ptr<serving_board> served; ///< counts what is shown
  std::shared_ptr<budget_board> budgets = std::make_shared<budget_board>();
  /// Set when the shard is ready. Before, what users had decided is still to come back through the
  /// log, and deciding it again would cost a campaign's budget again.
  std::shared_ptr<std::atomic<bool>> restored = std::make_shared<std::atomic<bool>>(false);
};

struct user_actor_state {
  static inline const char* name = "user";

  explicit user_actor_state(user_actor::pointer self) : self(self) {}

  void apply(apply_events& batch);
  answer recommend_now(const recommend& question);
  void note_shown(const event& e, analytics_note& note);
  answer candidates(const retrieve& question) const;
  answer ranking(const rank& question) const;
  answer features(const get_features& question) const;
  caf::result<offer_choice> choose(const choose_offer& question);
  /// A question that waits for more of a campaign's budget.
  struct waiting_choice {
    choose_offer question;
    caf::typed_response_promise<offer_choice> promise;
    int attempts = 0; ///< that are left
  };
  void choose_with_lease(const std::shared_ptr<waiting_choice>& asked, const std::string& campaign);
  void give_back_choices(); ///< to the shard, for the user's next actor
  decision_standing standing(const look_up_decision& question) const;
  /// Of a state that may be a copy. Nothing is remembered of it. `short_of` is set to the campaign
  /// of whose budget more has to be leased first.
  result<engine::offer_decision> decide(const user_state& of, const choose_offer& question,
                                        std::int64_t time, engine::random_source& draws,
                                        std::string* short_of) const;
  result<offer_choice> decide_offer(const user_state& of, const choose_offer& question,
                                    engine::random_source& draws,
                                    std::string* short_of = nullptr) const;
  void remember(const offer_choice& choice); ///< that it is on its way into the log
  void arrived(const offer_served& served);  ///< a decision came back
  answer inspection() const;
  answer exported(const export_user& question) const;
  void send_snapshot(bool final);
  void wake(std::int64_t now);
  void passivate(); ///< leaves a last snapshot and ends

  // Triggers (user_triggers.cpp).
  void report(const event& e, const std::vector<trigger_note>& notes, events_applied& to) const;
  void fire_due(std::int64_t at);
  void fire_intent();
  void item_news(const item_changed& news);
  answer dry(const dry_run& question) const;
  answer imagine(const what_if& question) const;

  /// Engine time for a decision: never before what the user already did.
  std::int64_t now() const;

  user_actor::pointer self;
  std::shared_ptr<const user_context> context;
  user_state data;
  engine::random_source random{0};
  /// What was decided and has not come back through the log; caps count it. See user_offers.cpp.
  std::vector<engine::decision_under_way> under_way;
  rare<std::vector<std::shared_ptr<waiting_choice>>> waiting_choices;

  /// The last list, kept until the state, the catalogue, the model's epoch or time makes it old.
  struct kept_list {
    recommend question;
    std::uint64_t model_epoch = 0;
    std::uint64_t catalogue = 0;
    std::int64_t made = 0;
    answer shown;
    engine::analytics::shown_summary summary;
  };
  std::unique_ptr<kept_list> kept;
  engine::analytics::shown_items shown; ///< to know what of it was met; in memory only
};

/// The behaviour of every user. CAF keeps a behaviour per actor, 0.75 KB of this one; as the
/// handlers capture nothing and find their user by the thread (`user_host`), all share a single
/// one.
user_actor::behavior_type user();

/// A user as CAF runs it. While one of its messages is handled, it is the thread's current user.
class user_host final : public user_actor::stateful_base<user_actor_state> {
 public:
  user_host(caf::actor_config& config, std::shared_ptr<const user_context> context,
            user_state data);
  resume_result resume(caf::execution_unit* on, std::size_t most_messages) override;

 protected:
  behavior_type make_behavior() override;

 private:
  caf::error failed(const std::exception_ptr& what);
};

} // namespace riq
