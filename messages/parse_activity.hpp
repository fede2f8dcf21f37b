#pragma once
// Reading what shoppers did. The gateway calls this to refuse at once, the event processor to turn
// raw records, of foreign producers too, into events.

#include <string_view>

#include "messages/error.hpp"
#include "messages/event.hpp"
#include "messages/parse_context.hpp"

namespace riq {

/// An event whose `what` is an `activity`. `time` is as told (not clamped), else the context's now;
/// `id` as told, else the context's, else empty; `origin.sequence` is the record's optional
/// `producerSequence` (from 1), else 0. The rest of `origin` is the caller's to fill.
using parsed_activity = event;

/// Reads one activity. Category paths and brands come out standardised, unknown fields are ignored,
/// a null counts as absent. Errors are `ec::invalid` (`ec::too_large` for the whole text) with the
/// path of the wrong field, or `body` when the text is no JSON object. Any thread.
result<parsed_activity> parse_activity(std::string_view json, const parse_context& context);

} // namespace riq
