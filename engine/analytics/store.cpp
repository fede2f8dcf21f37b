// The aggregate's entries in the state store: docs/formats.md has them.
#include "engine/analytics/aggregate.hpp"

#include <algorithm>

#include "messages/msgpack.hpp"

namespace riq::engine::analytics {
namespace {

/// What is not in a bucket or a cohort, and the position.
struct stored_state {
  std::int64_t position = 0;
  std::int64_t newest = 0;
  std::int64_t too_old = 0;
  analytics_levels levels;
  static constexpr auto fields() {
    using s = stored_state;
    return std::tuple{field("position", &s::position), field("newest", &s::newest),
                      field("tooOld", &s::too_old), field("levels", &s::levels)};
  }
};

std::string key_of(char level, std::int64_t at) {
  std::string out{aggregate::prefix};
  out.push_back(level);
  for (int shift = 56; shift >= 0; shift -= 8)
    out.push_back(static_cast<char>((static_cast<std::uint64_t>(at) >> shift) & 0xff));
  return out;
}

} // namespace

std::vector<aggregate::entry> aggregate::take_changes(std::int64_t position) {
  std::vector<entry> out;
  taken_.assign(changed_.begin(), changed_.end());
  changed_.clear();
  const auto put = [&](place p, const auto& from, auto key) {
    const auto found = from.find(key);
    auto& e = out.emplace_back(key_of(static_cast<char>(p.first), p.second), std::nullopt);
    if (found != from.end()) e.second = to_msgpack(found->second);
  };
  for (const auto& p : taken_) switch (p.first) {
    case level::minute:
      put(p, minutes_, p.second);
      break;
    case level::hour:
      put(p, hours_, p.second);
      break;
    case level::day:
      put(p, days_, p.second);
      break;
    case level::cohort:
      put(p, cohorts_, static_cast<std::int32_t>(p.second));
      break;
    case level::state:
      break;
    }
  stored_state s{position, newest_, too_old_, {open_carts_, open_value_, {}}};
  for (const auto& [day, users] : segments_) s.levels.segments.push_back({day, users});
  out.emplace_back(key_of(static_cast<char>(level::state), 0), to_msgpack(s));
  levels_changed_ = false;
  forget_recent(); // the next event marks its bucket again
  return out;
}

void aggregate::not_stored() {
  changed_.insert(taken_.begin(), taken_.end());
  taken_.clear();
  levels_changed_ = true;
}

error aggregate::restore(std::string_view key, std::string_view value) {
  const error damaged{ec::corrupt, "", "an entry of the analytics is damaged"};
  if (key.size() != prefix.size() + 9 || !key.starts_with(prefix)) return damaged;
  std::uint64_t at = 0;
  for (const auto c : key.substr(prefix.size() + 1)) at = at << 8 | static_cast<std::uint8_t>(c);
  const auto time = static_cast<std::int64_t>(at);
  const auto put = [&](buckets& to) -> error {
    auto b = from_msgpack<analytics_bucket>(value);
    if (!b) return damaged;
    to[time] = std::move(*b);
    return {};
  };
  switch (static_cast<level>(key[prefix.size()])) {
  case level::minute:
    return put(minutes_);
  case level::hour:
    return put(hours_);
  case level::day:
    return put(days_);
  case level::cohort: {
    auto row = from_msgpack<cohort_row>(value);
    if (!row) return damaged;
    cohorts_[row->week] = *row;
    return {};
  }
  case level::state: {
    auto s = from_msgpack<stored_state>(value);
    if (!s) return damaged;
    skip_below_ = s->position;
    too_old_ = s->too_old;
    open_carts_ = s->levels.open_carts;
    open_value_ = s->levels.open_value;
    for (const auto& row : s->levels.segments) segments_[row.day] = row.users;
    restored_newest_ = s->newest;
    return {};
  }
  }
  return damaged;
}

void aggregate::restored() {
  // Only now, as it moves buckets that are too old by then.
  saw(restored_newest_);
}

std::size_t aggregate::entries() const {
  return minutes_.size() + hours_.size() + days_.size() + cohorts_.size() + 1;
}

} // namespace riq::engine::analytics
