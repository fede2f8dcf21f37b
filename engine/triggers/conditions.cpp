#include <algorithm>

#include "engine/day_window.hpp"
#include "engine/features.hpp"
#include "engine/triggers/schedule.hpp"

namespace riq::engine {
namespace {

constexpr std::int32_t week = 7;
constexpr std::int32_t month = 30;

double session_views(const user_state& s) {
  double n = 0;
  for (const auto& t : s.touches)
    if (t.session == s.current.number &&
        (t.kind == touch_kind::view || t.kind == touch_kind::click))
      ++n;
  return n;
}

double number_of(const std::string& feature, const user_state& s, std::int64_t at,
                 const feature_settings& settings) {
  if (feature == "cart_value") return cart_value(s);
  if (feature == "cart_items") return static_cast<double>(s.basket.lines.size());
  if (feature == "session_views") return session_views(s);
  if (feature == "session_sec")
    return static_cast<double>(s.current.last - s.current.started) / 1'000;
  if (feature == "sessions") return static_cast<double>(s.total.sessions);
  if (feature == "orders")
    return static_cast<double>(s.total.orders) - static_cast<double>(s.total.cancellations);
  if (feature == "views_7d") return sum_of_days(s.views, at, week).count;
  if (feature == "purchases_30d") return sum_of_days(s.purchases, at, month).count;
  if (feature == "spend_30d") return sum_of_days(s.purchases, at, month).amount;
  if (feature == "abandonments") return s.basket.abandonments;
  if (feature == "price_sensitivity") return price_sensitivity(s);
  if (feature == "days_since_first")
    return static_cast<double>(at - s.first_seen) / static_cast<double>(ms_per_day);
  return features_of(s, at, settings).avg_session_sec;
}

bool compare(double x, comparison op, double y) {
  switch (op) {
  case comparison::equal:
    return x == y;
  case comparison::unequal:
    return x != y;
  case comparison::less:
    return x < y;
  case comparison::at_most:
    return x <= y;
  case comparison::greater:
    return x > y;
  case comparison::at_least:
    return x >= y;
  }
  return false;
}

bool is_text(const trigger_condition& c, const user_state& s, std::int64_t at,
             const feature_settings& settings) {
  if (c.feature == "country") return s.country == c.text;
  if (c.feature == "segment") return name_of(segment_of(s, at, settings)) == c.text;
  const auto favourites = features_of(s, at, settings).fav_categories;
  return std::ranges::find(favourites, c.text) != favourites.end();
}

bool holds(const trigger_condition& c, const user_state& s, std::int64_t at,
           const feature_settings& settings) {
  const auto& texts = text_conditions();
  if (std::ranges::find(texts, c.feature) != texts.end())
    return is_text(c, s, at, settings) == (c.op == comparison::equal);
  return compare(number_of(c.feature, s, at, settings), c.op, c.number);
}

} // namespace

const trigger_condition* first_unmet(const trigger_rule& rule, const user_state& state,
                                     std::int64_t at, const feature_settings& features) {
  const auto unmet = std::ranges::find_if(
    rule.conditions, [&](const trigger_condition& c) { return !holds(c, state, at, features); });
  return unmet == rule.conditions.end() ? nullptr : &*unmet;
}

} // namespace riq::engine
