#pragma once
// Fields of a decision's context: the caller's, and the user's own where the caller tells none.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.hpp"
#include "engine/user_state.hpp"
#include "messages/offer_context.hpp"

namespace riq::engine {

/// The names of the user's own fields: segment, country, category, brand (the favourites), texts;
/// cart_value, orders, first_order (1 until one is completed), purchases_30d, views_7d, sessions,
/// avg_session_sec, price_sensitivity, spent, numbers.
std::span<const std::string_view> own_field_names();
bool is_own_field(std::string_view name);

/// What is known at one decision. It refers to its arguments and must not outlive them.
class field_lookup {
 public:
  field_lookup(std::span<const context_value> told, const user_state& state, std::int64_t now,
               const feature_settings& settings)
    : told_(told), state_(state), now_(now), settings_(settings) {}

  /// The value, its name empty when neither the caller nor the user has one.
  context_value operator()(std::string_view name) const;

 private:
  context_value own(std::string_view name) const;

  std::span<const context_value> told_;
  const user_state& state_;
  std::int64_t now_;
  const feature_settings& settings_;
};

} // namespace riq::engine
