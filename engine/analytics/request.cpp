#include "engine/analytics/tabulate.hpp"

#include <algorithm>

#include "engine/analytics/aggregate.hpp"

namespace riq::engine::analytics {
namespace {

// Clocks of phones are off by minutes, and a shard's time may be ahead by so much.
constexpr std::int64_t clock_slack_ms = 10 * minute_ms;

std::int64_t floor_to(std::int64_t time, std::int64_t length) {
  return time - ((time % length) + length) % length;
}

std::int64_t step_by_length(std::int64_t length) {
  if (length <= 3 * hour_ms) return minute_ms;
  return length <= 3 * day_ms ? hour_ms : day_ms;
}

std::uint32_t parts_of(const analytics_request& r) {
  using p = analytics_part;
  switch (r.name) {
  case analytic::views_per_minute:
    return bit_of(r.category.empty() ? p::sums : p::groups);
  case analytic::revenue:
    return r.by.empty() || r.by == "time" ? bit_of(p::sums) : bit_of(p::groups);
  case analytic::active_users:
    return bit_of(p::uniques);
  case analytic::open_carts:
  case analytic::segments:
    return bit_of(p::levels);
  case analytic::top_products_by_category:
  case analytic::trending:
    return bit_of(p::products);
  case analytic::searches:
    return bit_of(p::searches);
  case analytic::funnel:
    return bit_of(p::paths);
  case analytic::cohorts:
    return bit_of(p::cohorts);
  case analytic::recommendations:
    return bit_of(p::shown);
  case analytic::offers:
    return bit_of(p::arms);
  case analytic::countries:
    return bit_of(p::countries);
  default:
    return bit_of(p::sums);
  }
}

bool by_time(const analytics_request& r) {
  switch (r.name) {
  case analytic::views_per_minute:
  case analytic::events:
  case analytic::active_users:
  case analytic::cart_abandonment_rate:
  case analytic::average_order_value:
    return true;
  case analytic::revenue:
  case analytic::offers:
    return r.by == "time";
  default:
    return false;
  }
}

} // namespace

void settle(analytics_request& r) {
  auto from = r.from;
  if (r.name == analytic::trending) from -= r.past_ms;
  if (r.step == 0) r.step = step_by_length(r.to - r.from);
  if (from < floor_to(r.now + clock_slack_ms - minutes_kept_ms, hour_ms))
    r.step = std::max(r.step, hour_ms);
  if (from < floor_to(r.now + clock_slack_ms - hours_kept_ms, day_ms))
    r.step = std::max(r.step, day_ms);
  while (r.step < day_ms && (r.to - r.from) / r.step > most_buckets)
    r.step = r.step == minute_ms ? hour_ms : day_ms;
  r.from = floor_to(r.from, r.step);
  r.to = floor_to(r.to + r.step - 1, r.step);
  r.past_ms = floor_to(r.past_ms + r.step - 1, r.step);
  if (r.to - r.from > most_buckets * r.step) r.from = r.to - most_buckets * r.step;
}

ask_analytics question_of(const analytics_request& r) {
  ask_analytics q{r.from, r.to, 0, 0, parts_of(r)};
  if (by_time(r)) q.step = r.step;
  if (r.name == analytic::active_users)
    q.split = std::max(r.from, floor_to(std::min(r.now, r.to) - active_now_ms, minute_ms));
  if (r.name == analytic::trending) {
    q.from -= r.past_ms;
    q.split = r.from;
  }
  return q;
}

} // namespace riq::engine::analytics
