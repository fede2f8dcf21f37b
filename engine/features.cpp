#include "engine/features.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>

#include "engine/day_window.hpp"
#include "engine/decay.hpp"
#include "messages/json.hpp"

namespace riq::engine {
namespace {

constexpr std::int32_t week = 7;
constexpr std::int32_t month = 30;
constexpr std::size_t favourites = 5;

double rounded(double x, double unit) {
  return std::round(x / unit) * unit;
}

std::vector<std::string> favourites_of(const std::vector<taste>& tastes) {
  std::vector<std::pair<double, const std::string*>> order;
  for (const auto& t : tastes)
    order.emplace_back(decay_key(t.weight, t.at, slow_half_life_ms), &t.name);
  std::ranges::sort(order, [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first > b.first : *a.second < *b.second;
  });
  std::vector<std::string> names;
  for (const auto& [key, name] : order) {
    if (names.size() == favourites) break;
    names.push_back(*name);
  }
  return names;
}

double average_session(const user_state& s) {
  if (s.total.sessions == 0) return 0;
  const auto current = static_cast<double>(s.current.last - s.current.started) / 1000;
  return (s.total.session_seconds + current) / static_cast<double>(s.total.sessions);
}

} // namespace

std::string rfc3339(std::int64_t epoch_ms) {
  using namespace std::chrono;
  if (epoch_ms == 0) return {};
  const sys_time<milliseconds> time{milliseconds{epoch_ms}};
  const auto day = floor<days>(time);
  const year_month_day date{day};
  const hh_mm_ss clock{floor<seconds>(time - day)};
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return text;
}

double price_sensitivity(const user_state& state) {
  const auto mean = state.price_gap_sum / (state.price_gap_weight + 1);
  return std::clamp(0.5 + 0.5 * mean, 0.0, 1.0);
}

double cart_value(const user_state& state) {
  double sum = 0;
  for (const auto& l : state.basket.lines) sum += l.price * l.quantity;
  return sum;
}

seed_features features_of(const user_state& state, std::int64_t now, const feature_settings&) {
  seed_features f;
  f.views_7d = sum_of_days(state.views, now, week).count;
  f.purchases_30d = sum_of_days(state.purchases, now, month).count;
  f.avg_session_sec = rounded(average_session(state), 0.001);
  f.fav_categories = favourites_of(state.categories);
  f.price_sensitivity = rounded(price_sensitivity(state), 0.0001);
  f.last_active = rfc3339(state.last_active);
  return f;
}

segment segment_of(const user_state& state, std::int64_t now, const feature_settings& settings) {
  const auto bought = sum_of_days(state.purchases, now, month);
  if (bought.count > 0 && bought.count >= settings.high_value_orders_30d &&
      bought.amount >= settings.high_value_spend_30d)
    return segment::high_value;
  if (state.total.sessions < 2) return segment::newcomer;
  return now - state.last_active > month * ms_per_day ? segment::lapsed : segment::active;
}

std::string render_features(const user_state& state, std::int64_t now,
                            const feature_settings& settings, bool stale) {
  const auto bought = sum_of_days(state.purchases, now, month);
  return render_json([&](json_writer& w) {
    w.StartObject();
    json_member(w, "userId", state.user_id);
    json_member(w, "features", features_of(state, now, settings));
    json_member(w, "segment", segment_of(state, now, settings));
    json_member(w, "country", state.country);
    json_member(w, "firstSeen", rfc3339(state.first_seen));
    json_member(w, "sessions", state.total.sessions);
    json_member(w, "spend_30d", rounded(bought.amount, 0.01));
    json_member(w, "cartValue", rounded(cart_value(state), 0.01));
    json_member(w, "cartItems", state.basket.lines.size());
    json_member(w, "cartAbandonments", state.basket.abandonments);
    json_member(w, "favBrands", favourites_of(state.brands));
    json_member(w, "recentSearches", state.searches);
    json_member(w, "totals", state.total);
    if (stale) json_member(w, "stale", true);
    w.EndObject();
  });
}

} // namespace riq::engine
