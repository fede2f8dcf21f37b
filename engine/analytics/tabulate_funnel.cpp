#include "engine/analytics/table_builder.hpp"

#include <charconv>

namespace riq::engine::analytics {
namespace {

struct reached {
  std::int64_t sessions = 0;
  std::int64_t from_previous_ms = 0;
};

/// The places of the kinds in the path, in its order.
std::vector<event_kind> kinds_of(std::string_view name) {
  std::uint64_t code = 0;
  std::from_chars(name.data(), name.data() + name.size(), code, 16);
  std::vector<event_kind> out;
  for (; (code & 15) != 0 && out.size() < funnel_kinds; code >>= 4)
    out.push_back(static_cast<event_kind>((code & 15) - 1));
  return out;
}

} // namespace

void tabulate_funnel(const analytics_request& r, analytics_slice& s, analytics_table& out) {
  std::vector<reached> steps(r.steps.size());
  std::int64_t sessions = 0;
  if (!s.points.empty())
    for (const auto& row : s.points[0].counts.paths.rows) {
      sessions += row.counts.sessions;
      const auto kinds = kinds_of(row.name);
      std::size_t place = 0;
      std::size_t previous = 0;
      for (std::size_t i = 0; i < r.steps.size(); ++i) {
        while (place < kinds.size() && kinds[place] != r.steps[i]) ++place;
        if (place == kinds.size()) break;
        steps[i].sessions += row.counts.sessions;
        if (i > 0)
          steps[i].from_previous_ms += row.counts.after_ms[place] - row.counts.after_ms[previous];
        previous = place;
      }
    }
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const auto before = i == 0 ? steps[0].sessions : steps[i - 1].sessions;
    const auto n = steps[i].sessions;
    add_row(out,
            {{"step", text(name_of(r.steps[i]))},
             {"sessions", n},
             {"dropOff", share(before - n, before)},
             {"conversion", share(n, steps[0].sessions)},
             {"secondsFromPrevious", number(n > 0 ? static_cast<double>(steps[i].from_previous_ms) /
                                                      1e3 / static_cast<double>(n)
                                                  : 0)}});
  }
  set_totals(
    out, {{"sessions", sessions},
          {"conversion", steps.empty() ? analytics_cell{0.0}
                                       : share(steps.back().sessions, steps.front().sessions)}});
}

} // namespace riq::engine::analytics
