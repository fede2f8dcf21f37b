#pragma once
// The parts of apply(): each changes one aspect of a user's state by one event. All are pure and
// depend on the event's time only; none looks at a clock.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.hpp"
#include "engine/user_state.hpp"
#include "messages/analytics_note.hpp"
#include "messages/event.hpp"
#include "messages/item.hpp"

namespace riq::engine {

/// One event on its way into a state.
struct transition {
  user_state& state;
  const event& e;
  const feature_settings& settings;
  std::vector<session_update>& updates;
  analytics_note& note;                       ///< what it changes in the numbers about the shop
  std::vector<trigger_note>* notes = nullptr; ///< what happened about triggers, when somebody asks
  std::int64_t offset = -1;                   ///< of the event in `processed-events`
  std::vector<offer_expired>* expired = nullptr; ///< decisions whose window closed

  /// A new update of this user for the item model, stamped with the event's time.
  session_update& update(session_update::what kind);
};

// dedupe.cpp

/// Whether the event was applied before. Remembers its positions either way, and its id.
bool seen_before(user_state& state, const event& e);

// sessions.cpp

/// Counts the event into the user's sessions and returns the number of the session it belongs to.
/// A session ends with a gap of `session_gap_min` in event time or with another id. A late event
/// never opens a session: it stretches the current one backwards, or belongs to the one before.
std::uint32_t enter_session(user_state& state, std::int64_t time, const std::string& id,
                            const feature_settings& settings);

/// first_seen, last_active, country.
void note_presence(user_state& state, std::int64_t time, const std::string& country);

// interests.cpp

/// Merges a contact with an item into `touches` and `seen`.
void add_touch(user_state& state, const std::string& product, touch_kind kind, std::int64_t time,
               std::uint32_t session, double price = 0);
/// Adds to a decayed weight; the lightest taste makes room for a new one.
void add_taste(std::vector<taste>& tastes, const std::string& name, double weight,
               std::int64_t time);
void add_search(user_state& state, const std::string& query);
/// Takes a price the user looked at into the mean that price_sensitivity compares with.
void look_at_price(user_state& state, double price);
/// Compares a price the user put in the cart or paid with what they looked at.
void take_at_price(user_state& state, double price);

// cart.cpp

/// Cart events at or before the newest completed order are void; they return false.
bool add_to_cart(user_state& state, const activity& a, std::int64_t time);
bool remove_from_cart(user_state& state, const activity& a, std::int64_t time);
/// A completed order takes everything out that was put in before it.
void clear_cart(user_state& state, std::int64_t time);
void abandon_cart(transition& t, const cart_abandoned& fact);
/// Before what the user does changes anything. It tells the same about the cart as the timer does,
/// whichever is applied first: a cart left for long enough by then was abandoned, and one that was
/// found abandoned, while this was still on its way, was not.
void come_back_to_cart(transition& t);
/// When an open cart counts as abandoned, 0: there is none.
std::int64_t abandonment_due(const user_state& state, const feature_settings& settings);

// apply_order.cpp

void apply_order(transition& t, const order& o);

// offer_credit.cpp

void apply_served(transition& t, const offer_served& o);
void apply_rewarded(transition& t, const offer_rewarded& o);
void apply_expired(transition& t, const offer_expired& o);
void apply_redeemed(transition& t, const offer_redeemed& o);
/// Credits a completed order to the decision it names, when the user's state knows that decision.
void credit_order(transition& t, const std::string& decision_id, double total);

// counting.cpp: the note, and what it keeps in `state.counted`

/// Before the event changes anything: a cart whose time passed is abandoned.
void begin_counting(transition& t, event_kind kind);
/// Where the event stands in its session.
void count_in_session(transition& t, event_kind kind, std::uint32_t session);
/// An order is completed for the first time; before its cart is cleared.
void count_completion(transition& t);
/// A completed order of this total is cancelled.
void count_cancellation(transition& t, double total);
/// A cart was found abandoned at `at` (1), or turned out not to have been (-1).
void count_abandonment(transition& t, std::int64_t at, std::int8_t by);
void count_reward(transition& t, const pending_decision& p, double reward);
/// After everything: the cart, its value, the user's week and segment.
void finish_counting(transition& t, std::int64_t cart_updated_before);
/// Instead of the last, while the state is still there.
void count_erasure(transition& t);
// triggers/apply_trigger.cpp

void apply_trigger(transition& t, const trigger_fired& f);
/// Credits a completed order to the newest trigger whose window holds it.
void attribute_order(transition& t, const order& o);
/// Consent and time zone out of the properties of an activity of this time.
void note_wishes(user_state& state, const std::string& properties, std::int64_t time);

} // namespace riq::engine
