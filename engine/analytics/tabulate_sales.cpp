#include "engine/analytics/table_builder.hpp"

#include "engine/analytics/merge.hpp"

namespace riq::engine::analytics {
namespace {

constexpr auto sums = bit_of(analytics_part::sums);

std::int64_t carts(const analytics_bucket& b, cart_status s) {
  return b.carts[static_cast<std::size_t>(s)];
}

named_cells cart_cells(const analytics_bucket& b) {
  const auto open = carts(b, cart_status::open), converted = carts(b, cart_status::converted),
             abandoned = carts(b, cart_status::abandoned), emptied = carts(b, cart_status::emptied);
  return {{"carts", open + converted + abandoned + emptied},
          {"open", open},
          {"converted", converted},
          {"abandoned", abandoned},
          {"emptied", emptied},
          {"rate", share(abandoned, abandoned + converted)}};
}

named_cells value_cells(const analytics_bucket& b) {
  return {{"orders", b.orders},
          {"revenue", money(b.revenue)},
          {"averageOrderValue", money_each(b.revenue, b.orders)}};
}

named_cells revenue_cells(const analytics_bucket& b) {
  return {{"orders", b.orders},
          {"revenue", money(b.revenue)},
          {"units", b.units},
          {"cancellations", b.cancellations},
          {"cancelled", money(b.cancelled)},
          {"net", money(b.revenue - b.cancelled)},
          {"averageOrderValue", money_each(b.revenue, b.orders)}};
}

void series(const analytics_request& r, analytics_slice& s, analytics_table& out,
            named_cells (*cells_of)(const analytics_bucket&)) {
  analytics_bucket sum;
  each_bucket(r, s, [&](std::int64_t t, const analytics_bucket& b) {
    merge(sum, b, sums);
    auto cells = cells_of(b);
    cells.insert(cells.begin(), {"t", t});
    add_row(out, std::move(cells));
  });
  set_totals(out, cells_of(sum));
}

named_cells group_cells(const group_counts& c) {
  return {
    {"views", c.views}, {"carts", c.carts}, {"units", c.units}, {"revenue", money(c.revenue)}};
}

void groups(const analytics_request& r, analytics_slice& s, analytics_table& out) {
  const auto brands = r.by == "brand";
  out.columns = {brands ? "brand" : "category", "views", "carts", "units", "revenue"};
  group_counts sum;
  if (!s.points.empty()) {
    auto& b = s.points[0].counts;
    auto& rows = brands ? b.brands.rows : b.categories.rows;
    if (!brands)
      std::erase_if(rows, [&](const auto& row) { return !is_below(row.name, r.category); });
    std::sort(rows.begin(), rows.end(), [](const auto& x, const auto& y) {
      return std::tuple{-x.counts.revenue, -x.counts.views, std::string_view{x.name}} <
             std::tuple{-y.counts.revenue, -y.counts.views, std::string_view{y.name}};
    });
    for (const auto& row : rows) add_counts(sum, row.counts);
    for (std::size_t i = 0; i < std::min<std::size_t>(rows.size(), r.limit); ++i) {
      auto cells = group_cells(rows[i].counts);
      cells.insert(cells.begin(), {brands ? "brand" : "category", text(rows[i].name)});
      add_row(out, std::move(cells));
    }
  }
  set_totals(out, group_cells(sum));
}

void open_carts(analytics_slice& s, analytics_table& out) {
  const auto& l = s.levels;
  const named_cells cells{{"carts", l.open_carts},
                          {"value", money(l.open_value)},
                          {"averageValue", money_each(l.open_value, l.open_carts)}};
  add_row(out, cells);
  set_totals(out, cells);
}

} // namespace

void tabulate_sales(const analytics_request& r, analytics_slice& s, analytics_table& out) {
  switch (r.name) {
  case analytic::cart_abandonment_rate:
    return series(r, s, out, cart_cells);
  case analytic::average_order_value:
    return series(r, s, out, value_cells);
  case analytic::open_carts:
    return open_carts(s, out);
  default:
    return r.by == "time" ? series(r, s, out, revenue_cells) : groups(r, s, out);
  }
}

} // namespace riq::engine::analytics
