#pragma once
// The evidence for one candidate, as numbers in [0,1].

#include <array>
#include <cstddef>
#include <cstdint>

#include "engine/lanes.hpp"

namespace riq::engine {

/// Each signal is 0 when there is no evidence of its kind. What one is worth is learned
/// (calibration.hpp); which of the four terms it belongs to is fixed.
enum class signal : std::uint8_t {
  // user_pref
  neighbours,       ///< strength among session neighbours, relative to the strongest, log scale
  neighbours_share, ///< the same on a linear scale
  follows_last,     ///< how often it came after the user's latest item
  covisits,         ///< co-visitation with all recent items
  same_category,    ///< share of recent items in its category
  same_parent,      ///< … in the category above
  same_brand,       ///< share of recent items of its brand
  same_pair,        ///< … of its brand and its category
  last_category,    ///< it is of the latest item's category
  last_pair,        ///< … of its category and brand
  price_fit,        ///< close to the prices looked at in that category
  tags,             ///< shared tags
  in_cart,
  // item_quality
  popular,       ///< slowly decayed count, log scale
  category_rank, ///< the same, relative to the most popular of its category
  conversion,    ///< carts and purchases of those who looked, shrunk
  // recency
  trending,       ///< fast decayed count, log scale
  lately,         ///< how lately anybody met it
  fresh,          ///< how lately it was first seen
  met_in_session, ///< how lately the user met it in this session
  met_before,     ///< … in an earlier one
  count_
};
inline constexpr std::size_t signal_count = static_cast<std::size_t>(signal::count_);

enum class term : std::uint8_t { user_pref, item_quality, recency };
inline constexpr std::size_t term_count = 3;

constexpr term term_of(std::size_t s) {
  if (s < static_cast<std::size_t>(signal::popular)) return term::user_pref;
  return s < static_cast<std::size_t>(signal::trending) ? term::item_quality : term::recency;
}

/// Of `lanes` candidates side by side.
using signal_block = std::array<floats, signal_count>;

constexpr std::size_t at(signal s) {
  return static_cast<std::size_t>(s);
}

} // namespace riq::engine
