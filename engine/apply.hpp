#pragma once
// How events change a user. Pure: state, event and settings in, state and updates out; live
// traffic, replay and the tests' oracle all run this one function.

#include <cstdint>
#include <optional>
#include <vector>

#include "config/settings.hpp"
#include "engine/user_state.hpp"
#include "messages/analytics_note.hpp"
#include "messages/event.hpp"
#include "messages/item.hpp"

namespace riq::engine {

enum class applied : std::uint8_t {
  yes,
  duplicate, ///< had been applied before: by source position, import line or event id
};

/// Applies one event at `offset` of `processed-events`. A duplicate changes nothing but the
/// positions (`state.applied`, source offsets, import lines), so that a reader who waits for the
/// position of a retry is served; neither does what is told of a decision about an erased user.
/// Every event that counts adds what the item model shall know of it
/// to `updates`, and says in `note` (a fresh one) what it changes in the numbers about the shop.
/// What it did about triggers goes to `triggers`, when there is one, and the decisions that it
/// found to have expired to `expired`. The result does not depend on when it runs: only on the
/// state and the event.
applied apply(user_state& state, const event& e, std::int64_t offset,
              const feature_settings& settings, std::vector<session_update>& updates,
              analytics_note& note, std::vector<trigger_note>* triggers = nullptr,
              std::vector<offer_expired>* expired = nullptr);

/// The same for who does not want the note.
applied apply(user_state& state, const event& e, std::int64_t offset,
              const feature_settings& settings, std::vector<session_update>& updates,
              std::vector<trigger_note>* triggers = nullptr);

/// Whether anything of the state has to be kept at `now`, engine time. Of an erased user these are
/// the positions, for a week: an event from before that is told once more, by a processor that was
/// down, must not make them known again.
bool is_kept(const user_state& state, std::int64_t now);

/// The engine time at which the user's earliest timer is due, 0: none. Timers are derived from the
/// state (an open cart, a decision that awaits its reward), so they need no storing of their own.
std::int64_t next_due(const user_state& state, const feature_settings& settings);

/// The facts of the timers that are due at `now`, each with the time at which it was; appended to
/// the log by the shard, and part of the state once they come back as events with that time. They
/// are void when the user was active since, or the decision was rewarded.
struct due_fact {
  std::int64_t time = 0;
  fact what;
};
std::vector<due_fact> due_facts(const user_state& state, std::int64_t now,
                                const feature_settings& settings);

/// When a decision that is still not rewarded has expired.
std::int64_t expires_at(const pending_decision& p);

/// A unique code that was redeemed, null when it was not, or has expired since.
const redeemed_code* find_redeemed(const user_state& state, std::uint64_t decision);

/// Whether one more code can be redeemed at `now`: those that are still valid are remembered.
bool may_redeem(const user_state& state, std::int64_t now);

/// Estimate of the memory the state takes, bytes.
std::size_t memory_of(const user_state& state);

} // namespace riq::engine
