#pragma once
// The catalogue and the stream that feeds the item model of every node.

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "config/fields.hpp"

namespace riq {

/// An item of the catalogue, as told by the shop or by the events it was seen in.
struct item {
  std::string product_id;
  std::string title;
  std::string category; ///< lower-case path with dots
  std::string brand;    ///< lower case
  double price = 0;     ///< 0: unknown
  std::vector<std::string> tags;
  bool in_stock = true;
  static constexpr auto fields() {
    return std::tuple{field("productId", &item::product_id), field("title", &item::title),
                      field("category", &item::category),    field("brand", &item::brand),
                      field("price", &item::price),          field("tags", &item::tags),
                      field("inStock", &item::in_stock)};
  }
};

enum class touch_kind : std::uint8_t { view, click, dwell, cart, uncart, purchase };
constexpr auto enum_names(touch_kind) {
  return std::array<std::string_view, 6>{"view", "click", "dwell", "cart", "uncart", "purchase"};
}

/// One record of `session-updates`: somebody met an item, or an offer was served or rewarded, or a
/// user was erased. Only hashed keys of people travel here.
struct session_update {
  enum class what : std::uint8_t { touch, offer_served, offer_rewarded, forget };
  what kind = what::touch;
  std::uint64_t user_key = 0;    ///< hash of the user id
  std::uint64_t session_key = 0; ///< hash of user and session
  std::int64_t time = 0;
  touch_kind touch = touch_kind::view;
  std::string product_id;
  std::string category;
  std::string brand;
  double price = 0;
  std::uint32_t quantity = 1;
  std::string campaign; ///< offers only
  std::string arm;
  double reward = 0;
  std::vector<std::string> levels; ///< offers: the hierarchy above the user, e.g. `segment=active`
  std::vector<double> features;    ///< offers: what a linear policy saw; empty without
  std::uint64_t layout = 0;        ///< which features these are
  /// Touches: how many like it it stands for; 0: others stand for its session, and it counts for
  /// its item alone.
  double weight = 1;
  static constexpr auto fields() {
    return std::tuple{field("kind", &session_update::kind),
                      field("userKey", &session_update::user_key),
                      field("sessionKey", &session_update::session_key),
                      field("time", &session_update::time),
                      field("touch", &session_update::touch),
                      field("productId", &session_update::product_id),
                      field("category", &session_update::category),
                      field("brand", &session_update::brand),
                      field("price", &session_update::price),
                      field("quantity", &session_update::quantity),
                      field("campaign", &session_update::campaign),
                      field("arm", &session_update::arm),
                      field("reward", &session_update::reward),
                      field("levels", &session_update::levels),
                      field("features", &session_update::features),
                      field("layout", &session_update::layout),
                      field("weight", &session_update::weight)};
  }
};
constexpr auto enum_names(session_update::what) {
  return std::array<std::string_view, 4>{"touch", "offerServed", "offerRewarded", "forget"};
}

/// An update with the offset of the processed event behind it. One record of `session-updates`
/// holds updates of one batch of events, in the order of their offsets, and all of each offset.
struct numbered_update {
  std::int64_t offset = 0;
  session_update update;
  static constexpr auto fields() {
    return std::tuple{field("offset", &numbered_update::offset),
                      field("update", &numbered_update::update)};
  }
};

} // namespace riq
