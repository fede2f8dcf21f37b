#include "engine/triggers/schedule.hpp"
#include "messages/hash.hpp"

namespace riq::engine {
namespace {

constexpr std::int64_t minute_ms = 60'000;
constexpr std::int64_t day_minutes = 24 * 60;

std::int64_t offset_ms(const trigger_world& world, const user_state& state, std::int64_t at) {
  if (world.zones == nullptr) return 0;
  return std::int64_t{world.zones->offset_sec(state.triggers->time_zone, state.country, at)} *
         1'000;
}

} // namespace

std::int64_t after_quiet_hours(std::int64_t at, const trigger_rule& rule, const user_state& state,
                               const trigger_world& world) {
  if (!rule.quiet) return at;
  const auto offset = offset_ms(world, state, at);
  auto minute = (at + offset) / minute_ms % day_minutes;
  if (minute < 0) minute += day_minutes;
  const std::int64_t from = rule.quiet_from;
  const std::int64_t until = rule.quiet_until;
  const bool inside =
    from < until ? minute >= from && minute < until : minute >= from || minute < until;
  if (!inside) return at;
  const auto wait = (until - minute + day_minutes) % day_minutes;
  auto end = (at + offset) / minute_ms * minute_ms + wait * minute_ms - offset;
  // A change of the clocks in between moves the end by the difference.
  end += offset - offset_ms(world, state, end);
  const auto spread = std::int64_t{world.settings.spread_sec} * 1'000;
  if (spread == 0) return end;
  return end + static_cast<std::int64_t>(stable_hash(state.user_id, rule.quiet_until) %
                                         static_cast<std::uint64_t>(spread));
}

} // namespace riq::engine
