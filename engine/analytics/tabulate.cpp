#include "engine/analytics/tabulate.hpp"

#include "engine/analytics/table_builder.hpp"

namespace riq::engine::analytics {

analytics_table tabulate(const analytics_request& r, analytics_slice& slice) {
  analytics_table out;
  switch (r.name) {
  case analytic::views_per_minute:
  case analytic::events:
  case analytic::active_users:
  case analytic::countries:
    tabulate_traffic(r, slice, out);
    break;
  case analytic::cart_abandonment_rate:
  case analytic::open_carts:
  case analytic::average_order_value:
  case analytic::revenue:
    tabulate_sales(r, slice, out);
    break;
  case analytic::top_products_by_category:
  case analytic::trending:
  case analytic::searches:
    tabulate_items(r, slice, out);
    break;
  case analytic::cohorts:
  case analytic::segments:
    tabulate_people(r, slice, out);
    break;
  case analytic::funnel:
    tabulate_funnel(r, slice, out);
    break;
  case analytic::recommendations:
  case analytic::offers:
    tabulate_decisions(r, slice, out);
    break;
  }
  // An empty list still says what its columns are.
  if (out.columns.empty())
    for (const auto& d : descriptions())
      if (d.name == r.name) out.columns.assign(d.columns.begin(), d.columns.end());
  return out;
}

} // namespace riq::engine::analytics
