#include "engine/analytics/table_builder.hpp"

#include "engine/day_window.hpp"
#include "engine/features.hpp"

namespace riq::engine::analytics {
namespace {

constexpr std::int32_t lapse_days = 30; // as segment_of has it

std::int64_t begin_of_week(std::int32_t week) {
  return (std::int64_t{week} * 7 - 3) * ms_per_day;
}

void cohorts(const analytics_request& r, analytics_slice& s, analytics_table& out) {
  std::int64_t users = 0;
  std::int64_t weeks = 0;
  for (const auto& c : s.cohorts) {
    const auto begin = begin_of_week(c.week);
    if (begin + 7 * ms_per_day <= r.from || begin >= r.to) continue;
    users += c.users;
    ++weeks;
    for (std::size_t later = 0; later < cohort_weeks; ++later) {
      if (c.active[later] == 0 && c.revenue[later] == 0) continue;
      add_row(out, {{"week", begin},
                    {"cohort", c.users},
                    {"later", static_cast<std::int64_t>(later)},
                    {"users", c.active[later]},
                    {"retention", share(c.active[later], c.users)},
                    {"revenue", money(c.revenue[later])}});
    }
  }
  set_totals(out, {{"weeks", weeks}, {"users", users}});
}

void segments(const analytics_request& r, analytics_slice& s, analytics_table& out) {
  std::array<std::int64_t, 4> users{};
  const auto first = day_of(r.now) - lapse_days;
  for (const auto& row : s.levels.segments)
    for (std::size_t i = 0; i < users.size(); ++i) {
      const auto kind = static_cast<segment>(i);
      const auto lapsed = row.day < first && kind != segment::newcomer;
      users[lapsed ? static_cast<std::size_t>(segment::lapsed) : i] += row.users[i];
    }
  std::int64_t all = 0;
  for (const auto n : users) all += n;
  for (std::size_t i = 0; i < users.size(); ++i)
    add_row(out, {{"segment", text(name_of(static_cast<segment>(i)))},
                  {"users", users[i]},
                  {"share", share(users[i], all)}});
  set_totals(out, {{"users", all}});
}

} // namespace

void tabulate_people(const analytics_request& r, analytics_slice& s, analytics_table& out) {
  return r.name == analytic::cohorts ? cohorts(r, s, out) : segments(r, s, out);
}

} // namespace riq::engine::analytics
