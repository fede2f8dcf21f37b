// The few numbers that a live view shows all the time.
#include "engine/analytics/tabulate.hpp"

#include "engine/analytics/aggregate.hpp"
#include "engine/analytics/hyperloglog.hpp"
#include "engine/analytics/merge.hpp"
#include "engine/analytics/table_builder.hpp"

namespace riq::engine::analytics {

ask_analytics pulse_question(std::int64_t now) {
  const auto to = now - now % minute_ms + minute_ms;
  return {to - hour_ms, to, minute_ms, 0,
          bit_of(analytics_part::sums) | bit_of(analytics_part::uniques) |
            bit_of(analytics_part::levels)};
}

analytics_table pulse(std::int64_t now, const analytics_slice& slice) {
  const auto minute = now - now % minute_ms;
  unique_count users, sessions;
  std::int64_t orders = 0, events = 0, views = 0;
  micros revenue = 0;
  for (const auto& p : slice.points) {
    orders += p.counts.orders;
    add_micros(revenue, p.counts.revenue);
    if (p.t > minute - 5 * minute_ms) {
      merge(users, p.counts.users);
      merge(sessions, p.counts.sessions);
    }
    if (p.t != minute - minute_ms) continue; // the last full one
    for (const auto n : p.counts.events) events += n;
    views = p.counts.events[static_cast<std::size_t>(event_kind::view)];
  }
  analytics_table out;
  set_totals(out, {{"eventsPerSec", number(static_cast<double>(events) / 60)},
                   {"viewsPerMinute", views},
                   {"usersNow", static_cast<std::int64_t>(std::llround(estimate(users)))},
                   {"sessionsNow", static_cast<std::int64_t>(std::llround(estimate(sessions)))},
                   {"ordersLastHour", orders},
                   {"revenueLastHour", money(revenue)},
                   {"openCarts", slice.levels.open_carts},
                   {"openCartValue", money(slice.levels.open_value)}});
  return out;
}

} // namespace riq::engine::analytics
