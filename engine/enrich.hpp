#pragma once
// Shops that keep a catalogue need not repeat it in every event.

#include "engine/item_model.hpp"
#include "messages/event.hpp"

namespace riq::engine {

/// Gives an activity the category, brand and price that it does not tell and the catalogue does.
/// Only what the catalogue was told, not what other events told of the item: that would depend on
/// which of them happened to be learned before.
void enrich(activity& a, const item_model& items);

} // namespace riq::engine
