#pragma once
// What a trigger says: the items, the events behind it, and the reason in a sentence. Pure.

#include "engine/item_model.hpp"
#include "engine/triggers/schedule.hpp"
#include "messages/trigger.hpp"

namespace riq::engine {

/// The fact of this trigger as of `now`, without an offer. It is `skipped` when it is later than
/// its rule allows, or when the item's price or stock is not what it was about any more, and
/// `deferred` when `now` is in the user's quiet hours.
trigger_fired composed(const armed_trigger& armed, const user_state& state, const item_model& model,
                       const ranking_settings& ranking, const trigger_world& world,
                       std::int64_t now);

/// The event id of the fact: the same decision of the same state has the same one.
std::string trigger_event_id(const trigger_fired& f);

/// `{"id","userId","rule","kind","step",…}` as it goes to the topic and to webhooks; `id` may be
/// empty for one that did not fire.
std::string render_trigger(const trigger_fired& f, std::string_view id, std::string_view user_id,
                           std::int64_t time);

/// `[{"rule","kind","step","due","inSeconds","hindrance",…}]`
std::string render_armed(const std::vector<armed_trigger>& armed, std::int64_t now);

} // namespace riq::engine
