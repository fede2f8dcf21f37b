#pragma once
// CAF's registration of the vocabulary. Type names are wire format between nodes: a rename is a
// new version. The order of the block is free.

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/error.hpp>
#include <caf/make_message.hpp>
#include <caf/meta/type_name.hpp>
#include <caf/type_id.hpp>

#include "messages/analytics.hpp"
#include "messages/local.hpp"
#include "messages/questions.hpp"
#include "messages/remote.hpp"

namespace riq {

/// CAF's inspection from the field list: names are not on the wire, positions are.
template <class Inspector, described T>
typename Inspector::result_type inspect(Inspector& f, T& x) {
  return std::apply(
    [&](const auto&... list) { return f(caf::meta::type_name("riq"), (x.*(list.member))...); },
    T::fields());
}

} // namespace riq

CAF_BEGIN_TYPE_ID_BLOCK(riq, caf::first_custom_type_id)

CAF_ADD_TYPE_ID(riq, (riq::ec))
CAF_ADD_TYPE_ID(riq, (riq::recommend))
CAF_ADD_TYPE_ID(riq, (riq::retrieve))
CAF_ADD_TYPE_ID(riq, (riq::rank))
CAF_ADD_TYPE_ID(riq, (riq::get_features))
CAF_ADD_TYPE_ID(riq, (riq::choose_offer))
CAF_ADD_TYPE_ID(riq, (riq::inspect_user))
CAF_ADD_TYPE_ID(riq, (riq::export_user))
CAF_ADD_TYPE_ID(riq, (riq::dry_run))
CAF_ADD_TYPE_ID(riq, (riq::what_if))
CAF_ADD_TYPE_ID(riq, (riq::put_trigger_rule))
CAF_ADD_TYPE_ID(riq, (riq::delete_trigger_rule))
CAF_ADD_TYPE_ID(riq, (riq::get_trigger_rules))
CAF_ADD_TYPE_ID(riq, (riq::list_triggers))
CAF_ADD_TYPE_ID(riq, (riq::get_item))
CAF_ADD_TYPE_ID(riq, (riq::put_campaign))
CAF_ADD_TYPE_ID(riq, (riq::remove_campaign))
CAF_ADD_TYPE_ID(riq, (riq::get_campaign))
CAF_ADD_TYPE_ID(riq, (riq::list_campaigns))
CAF_ADD_TYPE_ID(riq, (riq::evaluate_policy))
CAF_ADD_TYPE_ID(riq, (riq::explain_decision))
CAF_ADD_TYPE_ID(riq, (riq::list_dead_letters))
CAF_ADD_TYPE_ID(riq, (riq::resubmit_dead_letter))
CAF_ADD_TYPE_ID(riq, (riq::answer))
CAF_ADD_TYPE_ID(riq, (riq::offer_choice))
CAF_ADD_TYPE_ID(riq, (riq::look_up_decision))
CAF_ADD_TYPE_ID(riq, (riq::decision_standing))
CAF_ADD_TYPE_ID(riq, (riq::get_budgets))
CAF_ADD_TYPE_ID(riq, (riq::budget_slice))
CAF_ADD_TYPE_ID(riq, (riq::shard_status))
CAF_ADD_TYPE_ID(riq, (riq::processor_status))
CAF_ADD_TYPE_ID(riq, (riq::model_status))
CAF_ADD_TYPE_ID(riq, (riq::ask_analytics))
CAF_ADD_TYPE_ID(riq, (riq::analytics_slice))
CAF_ADD_TYPE_ID(riq, (riq::question_batch))
CAF_ADD_TYPE_ID(riq, (riq::answer_batch))

// Only within a process.
CAF_ADD_TYPE_ID(riq, (riq::log_delivery))
CAF_ADD_TYPE_ID(riq, (riq::append_outcome))
CAF_ADD_TYPE_ID(riq, (riq::users_loaded))
CAF_ADD_TYPE_ID(riq, (riq::commit_outcome))
CAF_ADD_TYPE_ID(riq, (riq::users_due))
CAF_ADD_TYPE_ID(riq, (riq::apply_events))
CAF_ADD_TYPE_ID(riq, (riq::events_applied))
CAF_ADD_TYPE_ID(riq, (riq::analytics_loaded))
CAF_ADD_TYPE_ID(riq, (riq::user_snapshot))
CAF_ADD_TYPE_ID(riq, (riq::event))
CAF_ADD_TYPE_ID(riq, (riq::shards_gained))
CAF_ADD_TYPE_ID(riq, (riq::shards_lost))
CAF_ADD_TYPE_ID(riq, (riq::shard_owner))
CAF_ADD_TYPE_ID(riq, (riq::item_changed))
CAF_ADD_TYPE_ID(riq, (riq::users_scanned))
CAF_ADD_TYPE_ID(riq, (riq::webhook_answer))
CAF_ADD_TYPE_ID(riq, (riq::delivery_state))
CAF_ADD_TYPE_ID(riq, (riq::webhook_status))
CAF_ADD_TYPE_ID(riq, (riq::want_lease))
CAF_ADD_TYPE_ID(riq, (riq::user_failed))
CAF_ADD_TYPE_ID(riq, (riq::ranges_told))

CAF_ADD_ATOM(riq, riq::atom, snapshot, "snapshot")
CAF_ADD_ATOM(riq, riq::atom, wake, "wake")
CAF_ADD_ATOM(riq, riq::atom, passivate, "passivate")
CAF_ADD_ATOM(riq, riq::atom, status, "status")
CAF_ADD_ATOM(riq, riq::atom, tick, "tick")
CAF_ADD_ATOM(riq, riq::atom, drain, "drain")
CAF_ADD_ATOM(riq, riq::atom, flush, "flush")
CAF_ADD_ATOM(riq, riq::atom, heard, "heard")
CAF_ADD_ATOM(riq, riq::atom, follow, "follow")
CAF_ADD_ATOM(riq, riq::atom, decide, "decide")

CAF_END_TYPE_ID_BLOCK(riq)

CAF_ERROR_CODE_ENUM(riq::ec, "riq")

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(riq::log_delivery)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(riq::append_outcome)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(riq::users_loaded)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(riq::commit_outcome)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(riq::users_due)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(riq::apply_events)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(riq::events_applied)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(riq::analytics_loaded)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(riq::user_snapshot)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(riq::event)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(riq::shards_gained)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(riq::shards_lost)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(riq::item_changed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(riq::users_scanned)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(riq::webhook_answer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(riq::delivery_state)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(riq::webhook_status)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(riq::want_lease)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(riq::user_failed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(riq::ranges_told)
