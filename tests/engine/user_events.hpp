#pragma once
// Short ways to make events and apply them to a user.

#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "engine/apply.hpp"
#include "messages/msgpack.hpp"

namespace riq::testing {

inline constexpr std::int64_t minute = 60'000;
inline constexpr std::int64_t hour = 60 * minute;
inline constexpr std::int64_t day = 24 * hour;
/// 2023-11-14T00:00:00Z
inline constexpr std::int64_t t0 = 1'699'920'000'000;

inline event at(std::int64_t time, fact what, std::string id = {}) {
  event e{.id = std::move(id), .user_id = "u", .time = time, .received = time};
  if (std::holds_alternative<order>(what)) e.origin.from = source::order;
  if (std::holds_alternative<offer_served>(what) || std::holds_alternative<offer_rewarded>(what))
    e.origin.from = source::offer;
  if (std::holds_alternative<cart_abandoned>(what)) e.origin.from = source::internal;
  e.what = std::move(what);
  return e;
}

inline activity acts(activity_type type, std::string product, double price = 0) {
  return {.type = type, .product_id = std::move(product), .price = price};
}

inline order orders(std::string id, order_status status, std::vector<order_line> items) {
  order o{.order_id = std::move(id), .status = status, .items = std::move(items)};
  for (const auto& l : o.items) o.total += l.price * l.quantity;
  return o;
}

inline offer_served serves(std::string decision, std::string arm = "a", double propensity = 0.5) {
  return {.decision_id = std::move(decision),
          .campaign = "c",
          .arm = std::move(arm),
          .propensity = propensity,
          .levels = {"segment=new"}};
}

inline offer_rewarded rewards(std::string decision, std::int64_t decided_at, double reward = 1,
                              std::string arm = "a") {
  return {.decision_id = std::move(decision),
          .campaign = "c",
          .arm = std::move(arm),
          .reward = reward,
          .decided_at = decided_at};
}

/// A user with the settings and updates at hand.
struct subject {
  user_state state;
  feature_settings settings;
  std::vector<session_update> updates; ///< of the last event
  std::int64_t next_offset = 0;

  engine::applied apply(const event& e) {
    updates.clear();
    return engine::apply(state, e, next_offset++, settings, updates);
  }
  engine::applied apply(std::int64_t time, fact what) { return apply(at(time, std::move(what))); }

  std::string bytes() const { return to_msgpack(state); }
  /// Without the positions, which also move for duplicates.
  std::string content() const {
    auto copy = state;
    copy.applied = 0;
    copy.source_offsets = {};
    copy.producers.clear();
    return to_msgpack(copy);
  }
};

} // namespace riq::testing
