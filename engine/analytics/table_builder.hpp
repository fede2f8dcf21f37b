#pragma once
// Rows and totals of an answer, with numbers rounded as people read them.

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "messages/analytics.hpp"

namespace riq::engine::analytics {

/// To six decimals, so that sums of millionths show no noise.
inline analytics_cell number(double x) {
  return std::round(x * 1e6) / 1e6;
}
inline analytics_cell share(double part, double whole) {
  return whole > 0 ? std::round(part / whole * 1e4) / 1e4 : 0.0;
}
inline analytics_cell share(std::int64_t part, std::int64_t whole) {
  return share(static_cast<double>(part), static_cast<double>(whole));
}
inline analytics_cell money(micros x) {
  return from_micros(x);
}
inline analytics_cell money_each(micros x, std::int64_t n) {
  return n > 0 ? std::round(from_micros(x) / static_cast<double>(n) * 1e4) / 1e4 : 0.0;
}
inline analytics_cell text(std::string_view x) {
  return std::string{x};
}

/// The members of one row, which are also the totals' when it is the sum of all.
using named_cells = std::vector<std::pair<std::string_view, analytics_cell>>;

inline void add_row(analytics_table& to, named_cells cells) {
  std::vector<analytics_cell> row;
  row.reserve(cells.size());
  const bool first = to.columns.empty();
  for (auto& [name, cell] : cells) {
    if (first) to.columns.emplace_back(name);
    row.push_back(std::move(cell));
  }
  to.rows.push_back(std::move(row));
}

inline void set_totals(analytics_table& to, named_cells cells) {
  for (auto& [name, cell] : cells) to.totals.emplace_back(name, std::move(cell));
}

/// Whether `category` is `below` or under it.
inline bool is_below(std::string_view category, std::string_view below) {
  return below.empty() || category == below ||
         (category.size() > below.size() && category.starts_with(below) &&
          category[below.size()] == '.');
}

/// Calls `visit(t, bucket)` for every bucket of the range, with an empty one where nothing was.
template <class F>
void each_bucket(const analytics_request& r, analytics_slice& slice, F&& visit) {
  analytics_bucket empty;
  std::size_t i = 0;
  for (auto t = r.from; t < r.to; t += r.step) {
    while (i < slice.points.size() && slice.points[i].t < t) ++i;
    const bool there = i < slice.points.size() && slice.points[i].t == t;
    visit(t, there ? slice.points[i].counts : empty);
  }
}

// The answers, each in the file of its subject.
void tabulate_traffic(const analytics_request& r, analytics_slice& s, analytics_table& out);
void tabulate_sales(const analytics_request& r, analytics_slice& s, analytics_table& out);
void tabulate_items(const analytics_request& r, analytics_slice& s, analytics_table& out);
void tabulate_people(const analytics_request& r, analytics_slice& s, analytics_table& out);
void tabulate_funnel(const analytics_request& r, analytics_slice& s, analytics_table& out);
void tabulate_decisions(const analytics_request& r, analytics_slice& s, analytics_table& out);

} // namespace riq::engine::analytics
