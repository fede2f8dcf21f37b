#include "engine/analytics/table_builder.hpp"

#include <map>

#include "engine/analytics/aggregate.hpp"
#include "engine/analytics/hyperloglog.hpp"
#include "engine/analytics/merge.hpp"
#include "engine/analytics/tabulate.hpp"

namespace riq::engine::analytics {
namespace {

std::int64_t views_of(const analytics_request& r, const analytics_bucket& b) {
  if (r.category.empty()) return b.events[static_cast<std::size_t>(event_kind::view)];
  std::int64_t n = 0;
  for (const auto& row : b.categories.rows)
    if (is_below(row.name, r.category)) n += row.counts.views;
  return n;
}

/// Minutes of [from, to) that have passed, at least a part of one.
double minutes_passed(const analytics_request& r, std::int64_t from, std::int64_t to) {
  const auto end = std::clamp(r.now, from + 1'000, to);
  return static_cast<double>(end - from) / static_cast<double>(minute_ms);
}

void views(const analytics_request& r, analytics_slice& s, analytics_table& out) {
  std::int64_t sum = 0;
  each_bucket(r, s, [&](std::int64_t t, const analytics_bucket& b) {
    const auto n = views_of(r, b);
    sum += n;
    add_row(out,
            {{"t", t},
             {"views", n},
             {"perMinute", number(static_cast<double>(n) / minutes_passed(r, t, t + r.step))}});
  });
  set_totals(out,
             {{"views", sum},
              {"perMinute", number(static_cast<double>(sum) / minutes_passed(r, r.from, r.to))}});
}

named_cells event_cells(const analytics_bucket& b) {
  std::int64_t all = 0;
  for (const auto n : b.events) all += n;
  named_cells cells{{"events", all}};
  for (std::size_t i = 0; i < counted_kinds; ++i)
    cells.emplace_back(name_of(static_cast<event_kind>(i)), b.events[i]);
  return cells;
}

void events(const analytics_request& r, analytics_slice& s, analytics_table& out) {
  analytics_bucket sum;
  each_bucket(r, s, [&](std::int64_t t, const analytics_bucket& b) {
    merge(sum, b, bit_of(analytics_part::sums));
    auto cells = event_cells(b);
    cells.insert(cells.begin(), {"t", t});
    add_row(out, std::move(cells));
  });
  set_totals(out, event_cells(sum));
}

std::int64_t whole(const unique_count& c) {
  return std::llround(estimate(c));
}

/// The shards told the last minutes one by one, so that who is active now can be told, too.
void active(const analytics_request& r, analytics_slice& s, analytics_table& out) {
  analytics_bucket all, now;
  std::map<std::int64_t, analytics_bucket> bins;
  const auto newest = std::min(r.now, r.to);
  for (const auto& p : s.points) {
    merge(bins[p.t - p.t % r.step], p.counts);
    merge(all, p.counts);
    if (p.t > newest - active_now_ms - minute_ms && p.t <= newest) merge(now, p.counts);
  }
  s.points.clear();
  for (auto& [t, counts] : bins) s.points.push_back({t, std::move(counts)});
  each_bucket(r, s, [&](std::int64_t t, const analytics_bucket& b) {
    add_row(out, {{"t", t}, {"users", whole(b.users)}, {"sessions", whole(b.sessions)}});
  });
  out.error = hll_error;
  set_totals(out, {{"users", whole(all.users)},
                   {"sessions", whole(all.sessions)},
                   {"usersNow", whole(now.users)},
                   {"sessionsNow", whole(now.sessions)}});
}

void countries(const analytics_request& r, analytics_slice& s, analytics_table& out) {
  if (s.points.empty())
    return set_totals(out, {{"countries", std::int64_t{0}}, {"events", std::int64_t{0}}});
  auto& rows = s.points[0].counts.countries.rows;
  std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
    return std::pair{-a.counts.events, std::string_view{a.name}} <
           std::pair{-b.counts.events, std::string_view{b.name}};
  });
  std::int64_t all = 0;
  for (const auto& row : rows) all += row.counts.events;
  for (std::size_t i = 0; i < std::min<std::size_t>(rows.size(), r.limit); ++i) {
    const auto& c = rows[i].counts;
    add_row(out, {{"country", text(rows[i].name)},
                  {"events", c.events},
                  {"orders", c.orders},
                  {"revenue", money(c.revenue)},
                  {"share", share(c.events, all)}});
  }
  set_totals(out, {{"countries", static_cast<std::int64_t>(rows.size())}, {"events", all}});
}

} // namespace

void tabulate_traffic(const analytics_request& r, analytics_slice& s, analytics_table& out) {
  switch (r.name) {
  case analytic::views_per_minute:
    return views(r, s, out);
  case analytic::events:
    return events(r, s, out);
  case analytic::active_users:
    return active(r, s, out);
  default:
    return countries(r, s, out);
  }
}

} // namespace riq::engine::analytics
