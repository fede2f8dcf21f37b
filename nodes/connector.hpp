#pragma once
// Opens the link to one other node. CAF's own connect waits as long as TCP does, two minutes for a
// host that is silent, and all others wait behind it; so it is asked only for what answers a knock.
//
// Lifecycle: one for each peer, which ends it. Threading: detached, as it waits for the network.

#include <set>
#include <string>

#include <caf/event_based_actor.hpp>
#include <caf/io/middleman_actor.hpp>

namespace riq {

/// Answers CAF's `connect` as `through` does, or with an error within about a second.
caf::behavior connector(caf::event_based_actor* self, caf::io::middleman_actor through);

} // namespace riq
