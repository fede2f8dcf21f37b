#include "engine/bandit/own_fields.hpp"

#include <algorithm>
#include <array>

#include "engine/features.hpp"

namespace riq::engine {
namespace {

constexpr std::array<std::string_view, 13> names{
  "segment",         "country",           "category",      "brand",    "cart_value",
  "orders",          "first_order",       "purchases_30d", "views_7d", "sessions",
  "avg_session_sec", "price_sensitivity", "spent"};

context_value text(std::string_view name, std::string_view value) {
  if (value.empty()) return {};
  return {.name = std::string{name}, .text = std::string{value}};
}

context_value number(std::string_view name, double value) {
  return {.name = std::string{name}, .is_number = true, .number = value};
}

std::string_view favourite(const std::vector<taste>& tastes) {
  const auto best = std::ranges::max_element(tastes, {}, &taste::weight);
  return best == tastes.end() ? std::string_view{} : std::string_view{best->name};
}

} // namespace

std::span<const std::string_view> own_field_names() {
  return names;
}

bool is_own_field(std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

context_value field_lookup::operator()(std::string_view name) const {
  const auto at = std::ranges::find(told_, name, &context_value::name);
  return at == told_.end() ? own(name) : *at;
}

context_value field_lookup::own(std::string_view name) const {
  const auto& s = state_;
  if (name == "segment") return text(name, name_of(segment_of(s, now_, settings_)));
  if (name == "country") return text(name, s.country);
  if (name == "category") return text(name, favourite(s.categories));
  if (name == "brand") return text(name, favourite(s.brands));
  if (name == "cart_value") return number(name, cart_value(s));
  const auto orders =
    static_cast<double>(s.total.orders - std::min(s.total.orders, s.total.cancellations));
  if (name == "orders") return number(name, orders);
  if (name == "first_order") return number(name, orders > 0 ? 0 : 1);
  if (name == "sessions") return number(name, static_cast<double>(s.total.sessions));
  if (name == "spent") return number(name, s.total.spent);
  if (name == "price_sensitivity") return number(name, price_sensitivity(s));
  if (!is_own_field(name)) return {};
  const auto f = features_of(s, now_, settings_);
  if (name == "views_7d") return number(name, static_cast<double>(f.views_7d));
  if (name == "purchases_30d") return number(name, static_cast<double>(f.purchases_30d));
  return number(name, f.avg_session_sec);
}

} // namespace riq::engine
