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
  if (by_time(r)) q.step = r.name == analytic::active_users ? minute_ms : r.step;
  if (r.name == analytic::trending) {
    q.from -= r.past_ms;
    q.split = r.from;
  }
  return q;
}

const std::vector<analytic_description>& descriptions() {
  using a = analytic;
  using shape = analytic_shape;
  static const std::vector<analytic_description> all{
    {a::views_per_minute,
     shape::series,
     "Views of items, and their rate.",
     0,
     "category",
     {},
     {},
     {"t", "views", "perMinute"}},
    {a::events,
     shape::series,
     "Applied events by type.",
     0,
     "",
     {},
     {},
     {"t", "events", "VIEW", "CLICK", "SCROLL", "TIME_ON_PAGE", "ADD_TO_CART", "REMOVE_FROM_CART",
      "SEARCH", "CHECKOUT", "ORDER", "CANCEL", "OFFER_SERVED", "OFFER_REWARDED", "CART_ABANDONED"}},
    {a::active_users,
     shape::series,
     "Distinct users and sessions with an event (approximate); now: in the last 5 minutes.",
     0,
     "",
     {},
     {},
     {"t", "users", "sessions"}},
    {a::cart_abandonment_rate,
     shape::series,
     "Carts with no completed order within 30 minutes of their last cart event, among those that "
     "were converted or abandoned; by when the cart began.",
     0,
     "",
     {},
     {},
     {"t", "carts", "open", "converted", "abandoned", "emptied", "rate"}},
    {a::open_carts,
     shape::now,
     "Open carts and what is in them.",
     0,
     "",
     {},
     {},
     {"carts", "value", "averageValue"}},
    {a::average_order_value,
     shape::series,
     "Revenue divided by completed orders.",
     0,
     "",
     {},
     {},
     {"t", "orders", "revenue", "averageOrderValue"}},
    {a::revenue,
     shape::series,
     "Completed orders, their revenue and units, and cancellations; over time, by category or by "
     "brand.",
     50,
     "category",
     {"time", "category", "brand"},
     {},
     {"t", "orders", "revenue", "units", "cancellations", "cancelled", "net", "averageOrderValue"}},
    {a::top_products_by_category,
     shape::list,
     "The best items of each category.",
     10,
     "category",
     {},
     {"views", "carts", "units", "revenue"},
     {"category", "position", "productId", "views", "carts", "units", "revenue"}},
    {a::trending,
     shape::list,
     "Items met more often than their own past makes one expect: score = (r - e) / sqrt(e + 1).",
     20,
     "category",
     {},
     {},
     {"productId", "category", "contacts", "expected", "growth", "score"}},
    {a::searches,
     shape::list,
     "What was searched for.",
     50,
     "",
     {},
     {},
     {"query", "searches", "share"}},
    {a::funnel,
     shape::list,
     "Sessions that reached each step after all steps before it, by first occurrence.",
     0,
     "",
     {},
     {},
     {"step", "sessions", "dropOff", "conversion", "secondsFromPrevious"}},
    {a::cohorts,
     shape::list,
     "Users by the week of their first event, and in how many weeks after they came back.",
     0,
     "",
     {},
     {},
     {"week", "cohort", "later", "users", "retention", "revenue"}},
    {a::recommendations,
     shape::list,
     "Recommended items that were served, clicked and converted within 30 minutes.",
     0,
     "",
     {"source", "reason"},
     {},
     {"source", "served", "clicked", "converted", "ctr", "conversion"}},
    {a::offers,
     shape::list,
     "Offers by arm: served, accepted, reward, value, share explored.",
     0,
     "",
     {"arm", "time"},
     {},
     {"campaign", "arm", "served", "accepted", "reward", "value", "explored", "exploredShare",
      "acceptance"}},
    {a::segments,
     shape::now,
     "Users by segment, as of their last event.",
     0,
     "",
     {},
     {},
     {"segment", "users", "share"}},
    {a::countries,
     shape::list,
     "Events and orders of shoppers by country.",
     250,
     "",
     {},
     {},
     {"country", "events", "orders", "revenue", "share"}},
  };
  return all;
}

} // namespace riq::engine::analytics
