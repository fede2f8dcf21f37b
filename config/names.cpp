#include "config/names.hpp"

#include "config/settings.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <type_traits>
#include <utility>

namespace riq {

namespace {

/// The one table of variables that do not follow the rule: what the seed system called its ports
/// and its broker.
/// Of two names of one setting the later wins.
constexpr auto seed_names = std::array{
  std::pair{"USER_ACTIVITY_PORT", "listen.activity"},
  std::pair{"ORDER_SERVICE_PORT", "listen.orders"},
  std::pair{"EVENT_PROCESSOR_PORT", "listen.event_processor"},
  std::pair{"ANALYTICS_SERVICE_PORT", "listen.analytics"},
  std::pair{"FEATURE_STORE_PORT", "listen.features"},
  std::pair{"RETRIEVAL_SERVICE_PORT", "listen.retrieval"},
  std::pair{"RANKING_SERVICE_PORT", "listen.ranking"},
  std::pair{"RECOMMENDATION_SERVICE_PORT", "listen.recommendations"},
  std::pair{"RECOMMENDATION_API_PORT", "listen.recommendations"},
  std::pair{"RL_OFFERS_PORT", "listen.offers"},
  std::pair{"OFFER_SERVICE_PORT", "listen.offers"},
  std::pair{"DASHBOARD_PORT", "listen.dashboard"},
  std::pair{"FRONTEND_PORT", "listen.dashboard"},
  std::pair{"KAFKA_BOOTSTRAP_SERVERS", "kafka.bootstrap_servers"},
  std::pair{"KAFKA_GROUP_ID", "kafka.group_id"},
  std::pair{"KAFKA_SECURITY_PROTOCOL", "kafka.security_protocol"},
  std::pair{"KAFKA_SASL_MECHANISM", "kafka.sasl_mechanism"},
  std::pair{"KAFKA_SASL_USERNAME", "kafka.sasl_username"},
  std::pair{"KAFKA_SASL_PASSWORD", "kafka.sasl_password"},
  std::pair{"KAFKA_SSL_CA_LOCATION", "kafka.ssl_ca_location"},
};

template <described T>
void collect(T& section, const std::string& prefix, std::vector<std::string>& names) {
  for_each_field(section, [&](std::string_view name, auto& value) {
    if constexpr (described<std::remove_cvref_t<decltype(value)>>)
      collect(value, prefix + std::string{name} + ".", names);
    else
      names.push_back(prefix + std::string{name});
  });
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t k = 1; k <= b.size(); ++k) {
      const std::size_t replaced = diagonal + (a[i - 1] != b[k - 1] ? 1 : 0);
      diagonal = row[k];
      row[k] = std::min({replaced, row[k] + 1, row[k - 1] + 1});
    }
  }
  return row.back();
}

/// 0 for the same name; a name that is a part of the other counts as near.
std::size_t unlikeness(std::string_view wrong, std::string_view known) {
  const std::size_t distance = edit_distance(wrong, known);
  const bool part = !wrong.empty() && known.find(wrong) != std::string_view::npos;
  return part ? std::min<std::size_t>(distance, 2) : distance;
}

} // namespace

const std::vector<std::string>& setting_names() {
  static const auto names = [] {
    settings s;
    std::vector<std::string> all;
    collect(s, "", all);
    return all;
  }();
  return names;
}

std::vector<std::string> environment_names(std::string_view setting) {
  std::vector<std::string> names;
  for (const auto& [variable, target] : seed_names)
    if (setting == target) names.emplace_back(variable);
  std::string own = "RETARGETIQ_";
  for (char c : setting) {
    if (c == '.')
      own += '_';
    else
      own += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  names.push_back(std::move(own));
  return names;
}

std::string suggestion(std::string_view wrong, const std::vector<std::string>& known) {
  const auto best = std::min_element(known.begin(), known.end(), [&](auto& a, auto& b) {
    return unlikeness(wrong, a) < unlikeness(wrong, b);
  });
  if (best == known.end() || unlikeness(wrong, *best) > std::max<std::size_t>(2, wrong.size() / 3))
    return {};
  return ", did you mean \"" + *best + "\"?";
}

} // namespace riq
