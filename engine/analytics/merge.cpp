#include "engine/analytics/merge.hpp"

#include <algorithm>

#include "engine/analytics/hyperloglog.hpp"
#include "engine/analytics/tables.hpp"

namespace riq::engine::analytics {
namespace {

template <class T, std::size_t N>
void add_all(std::array<T, N>& to, const std::array<T, N>& x) {
  for (std::size_t i = 0; i < N; ++i) to[i] += x[i];
}

/// Rows that ascend by a key, from both.
template <class Row, class Key, class Add>
void merge_ascending(std::vector<Row>& to, const std::vector<Row>& x, Key key, Add add) {
  std::vector<Row> out;
  out.reserve(std::max(to.size(), x.size()));
  auto a = to.begin();
  for (const auto& row : x) {
    while (a != to.end() && (*a).*key < row.*key) out.push_back(std::move(*a++));
    if (a != to.end() && (*a).*key == row.*key) {
      add(*a, row);
      out.push_back(std::move(*a++));
    } else {
      out.push_back(row);
    }
  }
  std::move(a, to.end(), std::back_inserter(out));
  to = std::move(out);
}

} // namespace

void add_counts(group_counts& to, const group_counts& x) {
  to.views += x.views;
  to.carts += x.carts;
  to.units += x.units;
  add_micros(to.revenue, x.revenue);
}

void add_counts(product_counts& to, const product_counts& x) {
  if (to.category < x.category) to.category = x.category; // any rule will do that has no order
  to.views += x.views;
  to.clicks += x.clicks;
  to.carts += x.carts;
  to.units += x.units;
  add_micros(to.revenue, x.revenue);
  to.weight += x.weight;
}

void add_counts(search_counts& to, const search_counts& x) {
  to.searches += x.searches;
  to.weight += x.weight;
}

void add_counts(country_counts& to, const country_counts& x) {
  to.events += x.events;
  to.orders += x.orders;
  add_micros(to.revenue, x.revenue);
}

void add_counts(path_counts& to, const path_counts& x) {
  to.sessions += x.sessions;
  add_all(to.after_ms, x.after_ms);
}

void add_counts(arm_counts& to, const arm_counts& x) {
  to.served += x.served;
  to.accepted += x.accepted;
  to.explored += x.explored;
  add_micros(to.reward, x.reward);
  add_micros(to.value, x.value);
}

void add_counts(shown_counts& to, const shown_counts& x) {
  to.served += x.served;
  to.clicked += x.clicked;
  to.converted += x.converted;
}

void merge(analytics_bucket& to, const analytics_bucket& x, std::uint32_t parts) {
  const auto wanted = [&](analytics_part p) { return (parts & bit_of(p)) != 0; };
  if (wanted(analytics_part::sums)) {
    add_all(to.events, x.events);
    to.orders += x.orders;
    add_micros(to.revenue, x.revenue);
    to.units += x.units;
    to.cancellations += x.cancellations;
    add_micros(to.cancelled, x.cancelled);
    add_all(to.carts, x.carts);
  }
  if (wanted(analytics_part::shown)) {
    to.lists += x.lists;
    add_counts(to.shown, x.shown);
    for (std::size_t i = 0; i < source_kinds; ++i) add_counts(to.by_source[i], x.by_source[i]);
    for (std::size_t i = 0; i < reason_kinds; ++i) add_counts(to.by_reason[i], x.by_reason[i]);
    merge(to.items_shown, x.items_shown);
  }
  if (wanted(analytics_part::uniques)) {
    merge(to.users, x.users);
    merge(to.sessions, x.sessions);
  }
  if (wanted(analytics_part::groups)) {
    merge(to.categories, x.categories);
    merge(to.brands, x.brands);
  }
  if (wanted(analytics_part::products)) merge(to.products, x.products);
  if (wanted(analytics_part::searches)) merge(to.searches, x.searches);
  if (wanted(analytics_part::countries)) merge(to.countries, x.countries);
  if (wanted(analytics_part::paths)) merge(to.paths, x.paths);
  if (wanted(analytics_part::arms)) merge(to.arms, x.arms);
}

void merge(analytics_levels& to, const analytics_levels& x) {
  to.open_carts += x.open_carts;
  add_micros(to.open_value, x.open_value);
  merge_ascending(to.segments, x.segments, &segment_row::day,
                  [](segment_row& a, const segment_row& b) { add_all(a.users, b.users); });
}

void merge(cohort_row& to, const cohort_row& x) {
  to.users += x.users;
  add_all(to.active, x.active);
  for (std::size_t i = 0; i < to.revenue.size(); ++i) add_micros(to.revenue[i], x.revenue[i]);
}

void merge(analytics_slice& to, const analytics_slice& x) {
  to.as_of = std::max(to.as_of, x.as_of);
  to.too_old += x.too_old;
  merge_ascending(to.points, x.points, &analytics_point::t,
                  [](analytics_point& a, const analytics_point& b) { merge(a.counts, b.counts); });
  merge(to.levels, x.levels);
  merge_ascending(to.cohorts, x.cohorts, &cohort_row::week,
                  [](cohort_row& a, const cohort_row& b) { merge(a, b); });
}

} // namespace riq::engine::analytics
