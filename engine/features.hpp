#pragma once
// The feature vector of a user as the API shows it, computed from the state as of a time.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "config/settings.hpp"
#include "engine/user_state.hpp"

namespace riq::engine {

/// Exactly the seed's six, in its names.
struct seed_features {
  std::uint64_t views_7d = 0;      ///< VIEW events in the last 7 days, by UTC day
  std::uint64_t purchases_30d = 0; ///< completed orders of the last 30 days, less cancelled ones
  double avg_session_sec = 0;      ///< mean length of the sessions, the current one included
  std::vector<std::string> fav_categories; ///< by decayed weight, at most 5
  double price_sensitivity = 0.5;          ///< [0,1], see price_sensitivity()
  std::string last_active;                 ///< RFC 3339, UTC
  static constexpr auto fields() {
    using s = seed_features;
    return std::tuple{field("views_7d", &s::views_7d),
                      field("purchases_30d", &s::purchases_30d),
                      field("avg_session_sec", &s::avg_session_sec),
                      field("fav_categories", &s::fav_categories),
                      field("price_sensitivity", &s::price_sensitivity),
                      field("last_active", &s::last_active)};
  }
};

enum class segment : std::uint8_t { newcomer, active, high_value, lapsed };
constexpr auto enum_names(segment) {
  return std::array<std::string_view, 4>{"new", "active", "high_value", "lapsed"};
}

seed_features features_of(const user_state& state, std::int64_t now,
                          const feature_settings& settings);

/// high_value: at least `high_value_orders_30d` completed orders and `high_value_spend_30d` spent
/// in the last 30 days. new: fewer than two sessions. lapsed: not seen for 30 days. Else active.
segment segment_of(const user_state& state, std::int64_t now, const feature_settings& settings);

/// How much cheaper than what they look at people take things, in [0,1]; 0.5 knows nothing.
/// 0.5 + 0.5·(mean over cart and order lines of (viewed − paid) / max(viewed, paid)), where viewed
/// is the decayed geometric mean of prices looked at; shrunk towards 0.5 by one pseudo-line.
double price_sensitivity(const user_state& state);

double cart_value(const user_state& state);

/// RFC 3339 in UTC with seconds; empty for 0.
std::string rfc3339(std::int64_t epoch_ms);

/// The answer of GET /api/features: the seed's shape, and beside it segment, country, sessions,
/// cart value, totals. `stale` adds `"stale": true`.
std::string render_features(const user_state& state, std::int64_t now,
                            const feature_settings& settings, bool stale);

} // namespace riq::engine
