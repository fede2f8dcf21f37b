#pragma once
// What analytics has counted of a user, kept with their state, so that each step is counted once
// and can be taken back: which week they belong to, where their cart stands, how far their session
// has come. The transitions are in counting.cpp.

#include <array>
#include <cstdint>
#include <limits>
#include <tuple>

#include "config/fields.hpp"
#include "messages/analytics_counts.hpp"

namespace riq {

struct counted_state {
  static constexpr std::int32_t never = std::numeric_limits<std::int32_t>::min();

  std::int32_t cohort = 0;        ///< week of the first applied event, 0: none yet
  std::uint64_t active_weeks = 0; ///< a bit for each week after, from 0
  std::int32_t segment = -1;
  std::int32_t day = 0; ///< of the newest event, as counted with the segment
  cart_status cart = cart_status::none;
  std::int64_t cart_began = 0;
  micros cart_value = 0;     ///< as it is in the value of open carts
  std::uint32_t session = 0; ///< number of the session the path is of
  std::int64_t session_began = 0;
  std::array<std::int32_t, funnel_kinds> first_ms{
    never, never, never, never, never, never, never, never, never}; ///< since session_began
  static constexpr auto fields() {
    using s = counted_state;
    return std::tuple{field("cohort", &s::cohort),
                      field("activeWeeks", &s::active_weeks),
                      field("segment", &s::segment),
                      field("day", &s::day),
                      field("cart", &s::cart),
                      field("cartBegan", &s::cart_began),
                      field("cartValue", &s::cart_value),
                      field("session", &s::session),
                      field("sessionBegan", &s::session_began),
                      field("firstMs", &s::first_ms)};
  }
};

} // namespace riq
