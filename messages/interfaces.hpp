#pragma once
// Every handler of every typed actor, and what it promises. An error of any handler is an `ec`
// with the field and a sentence as its context.

#include <caf/replies_to.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "messages/local.hpp"
#include "messages/type_ids.hpp"

namespace riq {

/// One user: the only writer of that user's state.
using user_actor = caf::typed_actor<
  // Applies the events in order, skipping those it has, and tells its shard `events_applied`.
  caf::reacts_to<apply_events>,
  // What to show next, from the state as of now; the list is kept until the state, the model's
  // epoch or time makes it old.
  caf::replies_to<recommend>::with<answer>,
  // The candidates with their sources, before ranking.
  caf::replies_to<retrieve>::with<answer>,
  // The four terms and the score of the caller's candidates.
  caf::replies_to<rank>::with<answer>,
  // The features as the API shows them.
  caf::replies_to<get_features>::with<answer>,
  // Decides an offer; changes nothing until its record comes back through the log.
  caf::replies_to<choose_offer>::with<offer_choice>,
  // What became of a decision.
  caf::replies_to<look_up_decision>::with<decision_standing>,
  // What would fire now, and what is armed.
  caf::replies_to<dry_run>::with<answer>,
  // What a copy of the state answers after some more events.
  caf::replies_to<what_if>::with<answer>,
  // Decides what the change of an item means for the user, tells the shard the facts, then `heard`.
  caf::reacts_to<item_changed>,
  // The live state; does not count as use.
  caf::replies_to<inspect_user>::with<answer>,
  // All that is held of the user.
  caf::replies_to<export_user>::with<answer>,
  // Tells the shard a `user_snapshot` of the state as of now.
  caf::reacts_to<atom::snapshot>,
  // Looks at its timers at this engine time and tells the shard the facts that came due.
  caf::reacts_to<atom::wake, std::int64_t>,
  // Decides what its events of a replay would have made it decide.
  caf::reacts_to<atom::decide>,
  // Tells the shard a final snapshot and ends.
  caf::reacts_to<atom::passivate>>;

/// One partition's users: spawns, loads, passivates and commits them, and passes questions on.
using shard_actor = caf::typed_actor<
  // Records of `processed-events`: grouped by user and passed on; credit is granted as they finish.
  caf::reacts_to<log_delivery>,
  // Answers of the state store.
  caf::reacts_to<users_loaded>, caf::reacts_to<commit_outcome>, caf::reacts_to<users_due>,
  // Answers of its users.
  caf::reacts_to<events_applied>, caf::reacts_to<user_snapshot>, caf::reacts_to<user_failed>,
  // Facts of a user's timers, to be appended to the log.
  caf::reacts_to<event>,
  // A timer's fact was not stored: it fires again.
  caf::reacts_to<append_outcome>,
  // Questions to a user: wait for `after`, wake the user if need be, and delegate.
  caf::replies_to<recommend>::with<answer>, caf::replies_to<retrieve>::with<answer>,
  caf::replies_to<rank>::with<answer>, caf::replies_to<get_features>::with<answer>,
  caf::replies_to<choose_offer>::with<offer_choice>, caf::replies_to<export_user>::with<answer>,
  caf::replies_to<dry_run>::with<answer>, caf::replies_to<what_if>::with<answer>,
  caf::replies_to<look_up_decision>::with<decision_standing>,
  // What the shard has of the campaigns' budgets.
  caf::replies_to<get_budgets>::with<budget_slice>,
  // Leases more of a campaign's budget for its users; answers true when it got some, false when
  // the budget is out.
  caf::replies_to<want_lease>::with<bool>,
  // A page of snapshots, for the index of interests.
  caf::reacts_to<users_scanned>,
  // A user has decided about a change of an item.
  caf::reacts_to<atom::heard>,
  // The same for a live look, which wakes nobody: a passivated user is read from the store.
  caf::replies_to<inspect_user>::with<answer>,
  // The partition's share of an answer about the shop; ec::not_ready until its aggregate is loaded.
  caf::replies_to<ask_analytics>::with<analytics_slice>,
  // Entries of the aggregate, at the start.
  caf::reacts_to<analytics_loaded>,
  // How the shard is.
  caf::replies_to<atom::status>::with<shard_status>,
  // Commit what is due, passivate, fire timers.
  caf::reacts_to<atom::tick>,
  // Snapshot everything dirty, commit, then answer; nothing is accepted afterwards.
  caf::replies_to<atom::drain>::with<shard_status>>;

/// What can be asked of a shard wherever it is: a `shard_actor`, or a `peer_actor` that passes it
/// on.
using shard_questions = caf::typed_actor<
  caf::replies_to<recommend>::with<answer>, caf::replies_to<retrieve>::with<answer>,
  caf::replies_to<rank>::with<answer>, caf::replies_to<get_features>::with<answer>,
  caf::replies_to<choose_offer>::with<offer_choice>, caf::replies_to<export_user>::with<answer>,
  caf::replies_to<inspect_user>::with<answer>, caf::replies_to<dry_run>::with<answer>,
  caf::replies_to<what_if>::with<answer>, caf::replies_to<ask_analytics>::with<analytics_slice>,
  caf::replies_to<look_up_decision>::with<decision_standing>,
  caf::replies_to<get_budgets>::with<budget_slice>>;

/// Asks the users of another node in their stead. `ec::not_ready` at once while that node is not
/// reached or does not answer.
using peer_actor = shard_questions::extend<
  // From the other node's desk, as answers become ready.
  caf::reacts_to<answer_batch>,
  // Send what was asked meanwhile.
  caf::reacts_to<atom::flush>,
  // Connect again; notice a node that is silent.
  caf::reacts_to<atom::tick>>;

/// Answers what other nodes ask of this node's shards. Answers go to the sender as `answer_batch`.
using desk_actor = caf::typed_actor<caf::reacts_to<question_batch>, caf::reacts_to<atom::flush>>;

/// Starts and ends the node's shards as they come and go.
using keeper_actor = caf::typed_actor<caf::reacts_to<shards_gained>, caf::reacts_to<shards_lost>,
                                      // An announcement was not stored.
                                      caf::reacts_to<append_outcome>,
                                      // Another node gave a shard up, perhaps one that is here.
                                      caf::reacts_to<shard_owner>,
                                      // Look which shards have become ready.
                                      caf::reacts_to<atom::tick>,
                                      // Start a shard again that had failed.
                                      caf::reacts_to<atom::follow, std::int32_t>>;

/// Knows who owns which shard, from `shard-owners`.
using directory_actor = caf::typed_actor<caf::reacts_to<log_delivery>,
                                         // Follow again after a failure.
                                         caf::reacts_to<atom::tick>>;

/// One partition's event processor: raw topics in, `processed-events` or dead letters out.
using processor_actor = caf::typed_actor<
  // Records of a raw topic.
  caf::reacts_to<log_delivery>,
  // A publication was stored, so its sources can be committed.
  caf::reacts_to<append_outcome>,
  // How it is.
  caf::replies_to<atom::status>::with<processor_status>,
  // Commit progress.
  caf::reacts_to<atom::tick>>;

/// Keeps the node's item model: the one writer of what every user reads.
using model_actor = caf::typed_actor<
  // Records of `item-updates` and `session-updates`.
  caf::reacts_to<log_delivery>,
  // One item as the model has it.
  caf::replies_to<get_item>::with<answer>,
  // How it is.
  caf::replies_to<atom::status>::with<model_status>,
  // Publish a new epoch if anything changed.
  caf::reacts_to<atom::tick>>;

/// Keeps the campaigns in force on this node: the one writer of what every decision reads.
using campaigns_actor = caf::typed_actor<
  // Records of `campaign-updates`.
  caf::reacts_to<log_delivery>,
  // Answers once the new edition is durable and in force here.
  caf::replies_to<put_campaign>::with<answer>, caf::replies_to<remove_campaign>::with<answer>,
  // One campaign with what was learned of its arms.
  caf::replies_to<get_campaign>::with<answer>,
  // All of them, without what was learned.
  caf::replies_to<list_campaigns>::with<answer>,
  // An edition was stored, or not.
  caf::reacts_to<append_outcome>,
  // Follow the log again after reading it failed.
  caf::reacts_to<atom::tick>>;

/// Reads the log of decisions for questions about the past.
using offer_log_actor = caf::typed_actor<
  // Where the partitions that a question's scan reads begin and end.
  caf::reacts_to<ranges_told>,
  // Records that a question's scan reads.
  caf::reacts_to<log_delivery>,
  // What another policy would have brought, by a scan of the log.
  caf::replies_to<evaluate_policy>::with<answer>,
  // Why a decision came out as it did, by a scan of its partition.
  caf::replies_to<explain_decision>::with<answer>>;

/// Keeps the newest dead letters, within a bound.
using dead_letter_actor =
  caf::typed_actor<caf::reacts_to<log_delivery>, caf::replies_to<list_dead_letters>::with<answer>,
                   // Answers once the original is durably appended again.
                   caf::replies_to<resubmit_dead_letter>::with<answer>,
                   caf::reacts_to<append_outcome>>;

/// Keeps the trigger rules in force: those of the configuration under those of `trigger-updates`.
using trigger_rules_actor = caf::typed_actor<
  // Records of `trigger-updates`.
  caf::reacts_to<log_delivery>,
  // Appends the rule; answers once it is in force on this node.
  caf::replies_to<put_trigger_rule>::with<answer>,
  caf::replies_to<delete_trigger_rule>::with<answer>,
  // The rules in force.
  caf::replies_to<get_trigger_rules>::with<answer>,
  // What became of an append.
  caf::reacts_to<append_outcome>,
  // Answers, with the number of rules, once everything that was in the topic at the start is in
  // force.
  caf::replies_to<atom::status>::with<std::uint64_t>,
  // Reads again after a failure.
  caf::reacts_to<atom::tick>>;

/// Keeps the newest fired triggers with what became of them, within a bound.
using trigger_log_actor =
  caf::typed_actor<caf::reacts_to<log_delivery>, caf::replies_to<list_triggers>::with<answer>,
                   // What a target's actor is doing about one, between its first try and its last.
                   caf::reacts_to<delivery_state>,
                   // How a target is.
                   caf::reacts_to<webhook_status>, caf::reacts_to<atom::tick>>;

/// Delivers triggers to one target.
using webhook_actor =
  caf::typed_actor<caf::reacts_to<log_delivery>,
                   // A shard runs on this node: its triggers are delivered from here until it ends.
                   caf::reacts_to<atom::follow, std::int32_t, caf::actor>,
                   // The client's answer to a call.
                   caf::reacts_to<webhook_answer>,
                   // What became of an append of an outcome.
                   caf::reacts_to<append_outcome>,
                   // Tries what is due, and commits.
                   caf::reacts_to<atom::tick>, caf::replies_to<atom::status>::with<std::uint64_t>>;

} // namespace riq
