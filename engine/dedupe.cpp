// Exactly-once effect over at-least-once transport, see "What must always hold" 1 in
// docs/architecture.md.
#include "engine/transition.hpp"

#include <algorithm>

#include "engine/bounded.hpp"
#include "messages/hash.hpp"

namespace riq::engine {
namespace {

// A position that only moves forward; true when it did not move.
bool not_newer(std::int64_t& highest, std::int64_t position) {
  if (position <= highest) return true;
  highest = position;
  return false;
}

bool line_seen_before(user_state& state, const provenance& origin) {
  if (origin.producer.empty() || origin.sequence <= 0) return false;
  auto& list = state.producers;
  const auto topic = static_cast<std::size_t>(origin.from);
  auto at = std::ranges::find(list, origin.producer, &producer_progress::producer);
  if (at == list.end()) {
    append_bounded(list, producer_progress{origin.producer, {}}, bounds::producers);
    at = list.end() - 1;
  }
  const auto old = not_newer(at->sequence[topic], origin.sequence);
  if (!old) move_to_back(list, at);
  return old;
}

bool id_seen_before(user_state& state, const event& e) {
  if (e.id.empty()) return false;
  // Ids are the clients' own: an order and an activity may bear the same.
  const auto id = stable_hash(e.id, static_cast<std::uint64_t>(e.origin.from));
  if (std::ranges::find(state.recent_ids, id) != state.recent_ids.end()) return true;
  append_bounded(state.recent_ids, id, bounds::recent_ids);
  return false;
}

} // namespace

bool seen_before(user_state& state, const event& e) {
  const auto from = static_cast<std::size_t>(e.origin.from);
  if (e.origin.offset >= 0 && not_newer(state.source_offsets[from], e.origin.offset)) return true;
  if (line_seen_before(state, e.origin)) return true;
  return id_seen_before(state, e);
}

} // namespace riq::engine
