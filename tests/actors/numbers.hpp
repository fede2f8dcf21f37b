#pragma once
// The numbers a shard stored, and those that one thread makes of the same log.

#include <algorithm>
#include <string>
#include <vector>

#include "engine/analytics/aggregate.hpp"
#include "engine/analytics/merge.hpp"
#include "tests/actors/shard_rig.hpp"

namespace riq::testing {

inline engine::analytics::aggregate numbers_in(const memory_store& store) {
  engine::analytics::aggregate out;
  for (const auto& [key, value] : store.own_entries(0)) out.restore(key, value);
  out.restored();
  return out;
}

inline engine::analytics::aggregate count_all(const std::vector<log_record>& records,
                                              const feature_settings& features) {
  engine::analytics::aggregate out;
  std::map<std::string, user_state> users;
  std::vector<session_update> updates;
  for (const auto& record : records) {
    const auto e = *from_msgpack<event>(record.value);
    auto& state = users[e.user_id];
    state.user_id = e.user_id;
    analytics_note note;
    engine::apply(state, e, record.offset, features, updates, note);
    out.fold(record.offset, e, note, {});
  }
  return out;
}

/// Everything that is counted, by day, in one order.
inline std::string content_of(const engine::analytics::aggregate& numbers) {
  auto all = numbers.answer({0, t0 * 2, 86'400'000, 0, engine::analytics::all_parts});
  const auto sort = [](auto& table) {
    std::sort(table.rows.begin(), table.rows.end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
  };
  for (auto& p : all.points) {
    sort(p.counts.categories);
    sort(p.counts.brands);
    sort(p.counts.products);
    sort(p.counts.searches);
    sort(p.counts.countries);
    sort(p.counts.paths);
    sort(p.counts.arms);
  }
  return to_msgpack(all);
}

} // namespace riq::testing
