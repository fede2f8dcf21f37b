#include "engine/transition.hpp"

#include <algorithm>

namespace riq::engine {
namespace {

bool may_be_same(const std::string& a, const std::string& b) {
  return a.empty() || b.empty() || a == b;
}

} // namespace

std::uint32_t enter_session(user_state& state, std::int64_t time, const std::string& id,
                            const feature_settings& settings) {
  auto& now = state.current;
  const auto gap = std::int64_t{settings.session_gap_min} * 60'000;
  const auto same = may_be_same(now.id, id);
  if (now.number == 0 || time - now.last > gap || (time >= now.last && !same)) {
    state.total.session_seconds += static_cast<double>(now.last - now.started) / 1000;
    ++state.total.sessions;
    now = {id, now.number + 1, time, time, 1};
    return now.number;
  }
  if (time < now.started && (!same || now.started - time > gap))
    return std::max(now.number, 2U) - 1; // late, of an earlier session
  if (now.id.empty()) now.id = id;
  now.started = std::min(now.started, time);
  now.last = std::max(now.last, time);
  ++now.events;
  return now.number;
}

void note_presence(user_state& state, std::int64_t time, const std::string& country) {
  if (!country.empty() && time >= state.last_active) state.country = country;
  state.first_seen = state.first_seen == 0 ? time : std::min(state.first_seen, time);
  state.last_active = std::max(state.last_active, time);
}

} // namespace riq::engine
