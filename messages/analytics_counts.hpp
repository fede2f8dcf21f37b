#pragma once
// What analytics counts in a bucket of time. Plain data with one field list each, as they are
// stored with a shard's commit and sent to whoever asks; what is done with them is in
// engine/analytics/. Everything is a sum, a sketch or a table of sums, so that buckets can be
// merged in any order. Money and rewards are whole millionths, so that sums are exact.
//
// Version rule: fields are only appended (config/fields.hpp).

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "config/fields.hpp"

namespace riq {

/// What an applied event was, as `GET /api/analytics/events` names it. `erased` counts nowhere.
enum class event_kind : std::uint8_t {
  view,
  click,
  scroll,
  time_on_page,
  add_to_cart,
  remove_from_cart,
  search,
  checkout,
  order,
  cancel,
  offer_served,
  offer_rewarded,
  cart_abandoned,
  erased
};
constexpr auto enum_names(event_kind) {
  return std::array<std::string_view, 14>{
    "VIEW",     "CLICK", "SCROLL", "TIME_ON_PAGE", "ADD_TO_CART",    "REMOVE_FROM_CART", "SEARCH",
    "CHECKOUT", "ORDER", "CANCEL", "OFFER_SERVED", "OFFER_REWARDED", "CART_ABANDONED",   "ERASED"};
}
inline constexpr std::size_t counted_kinds = 13;
/// The first of them can be steps of a funnel: what a shopper does in a session.
inline constexpr std::size_t funnel_kinds = 9;

/// Where a cart stands. `none` is before its beginning.
enum class cart_status : std::uint8_t { none, open, converted, abandoned, emptied };
constexpr auto enum_names(cart_status) {
  return std::array<std::string_view, 5>{"none", "open", "converted", "abandoned", "emptied"};
}

/// Why an item was recommended, without the names in the sentence.
enum class reason_kind : std::uint8_t {
  left_in_cart,
  looked_at,
  trending,
  popular,
  fresh,
  own_views,
  also_viewed,
  other
};
constexpr auto enum_names(reason_kind) {
  return std::array<std::string_view, 8>{
    "Left in your cart",   "You looked at this", "Trending now", "Popular", "New",
    "Based on your views", "People who viewed",  "Other"};
}
inline constexpr std::size_t reason_kinds = 8;
inline constexpr std::size_t source_kinds = 6; ///< as engine::retrieval_source

/// Money and rewards in millionths. Orders may tell more than this holds, which then counts as the
/// most: 9.2 trillion whole units.
using micros = std::int64_t;
inline constexpr micros most_micros = 9'200'000'000'000'000'000;
inline micros to_micros(double x) {
  constexpr auto most = static_cast<double>(most_micros);
  return std::llround(std::clamp(x * 1e6, -most, most));
}
/// Sums stay within the bound, too, of either sign.
inline void add_micros(micros& to, micros x) {
  micros sum = 0;
  if (__builtin_add_overflow(to, x, &sum)) sum = x > 0 ? most_micros : -most_micros;
  to = std::clamp(sum, -most_micros, most_micros);
}
inline double from_micros(micros x) {
  return static_cast<double>(x) / 1e6;
}

/// A HyperLogLog sketch: nothing, entries of three bytes, or 4,096 registers. See hyperloglog.hpp.
struct unique_count {
  std::string registers;
  static constexpr auto fields() {
    return std::tuple{field("registers", &unique_count::registers)};
  }
};

/// Counts by name. `bound`: counts of a row may fall short by so much, and rows with less may be
/// missing, as the table is bounded (tables.hpp).
template <class Counts>
struct counted_table {
  struct row {
    std::string name;
    Counts counts;
    std::uint64_t hash = 0; ///< of the name, 0: not known yet
    static constexpr auto fields() {
      return std::tuple{field("name", &row::name), field("counts", &row::counts)};
    }
  };
  std::vector<row> rows;
  std::int64_t bound = 0;
  std::vector<std::uint32_t> index; ///< where the rows are by hash; made when first needed
  static constexpr auto fields() {
    return std::tuple{field("rows", &counted_table::rows), field("bound", &counted_table::bound)};
  }
};

/// Of a category or a brand.
struct group_counts {
  std::int64_t views = 0;
  std::int64_t carts = 0;
  std::int64_t units = 0;
  micros revenue = 0;
  static constexpr auto fields() {
    using s = group_counts;
    return std::tuple{field("views", &s::views), field("carts", &s::carts),
                      field("units", &s::units), field("revenue", &s::revenue)};
  }
};

struct product_counts {
  std::string category; ///< as the events told, may be empty
  std::int64_t views = 0;
  std::int64_t clicks = 0;
  std::int64_t carts = 0;
  std::int64_t units = 0;
  micros revenue = 0;
  std::int64_t weight = 0; ///< contacts, less what room for others has cost
  static constexpr auto fields() {
    using s = product_counts;
    return std::tuple{field("category", &s::category), field("views", &s::views),
                      field("clicks", &s::clicks),     field("carts", &s::carts),
                      field("units", &s::units),       field("revenue", &s::revenue),
                      field("weight", &s::weight)};
  }
};

struct search_counts {
  std::int64_t searches = 0;
  std::int64_t weight = 0;
  static constexpr auto fields() {
    return std::tuple{field("searches", &search_counts::searches),
                      field("weight", &search_counts::weight)};
  }
};

struct country_counts {
  std::int64_t events = 0;
  std::int64_t orders = 0;
  micros revenue = 0;
  static constexpr auto fields() {
    using s = country_counts;
    return std::tuple{field("events", &s::events), field("orders", &s::orders),
                      field("revenue", &s::revenue)};
  }
};

/// Sessions by the order in which the kinds happened in them for the first time.
struct path_counts {
  std::int64_t sessions = 0;
  std::array<std::int64_t, funnel_kinds> after_ms{}; ///< summed time since the first, by place
  static constexpr auto fields() {
    return std::tuple{field("sessions", &path_counts::sessions),
                      field("afterMs", &path_counts::after_ms)};
  }
};

struct arm_counts {
  std::int64_t served = 0;
  std::int64_t accepted = 0;
  std::int64_t explored = 0;
  micros reward = 0;
  micros value = 0;
  static constexpr auto fields() {
    using s = arm_counts;
    return std::tuple{field("served", &s::served), field("accepted", &s::accepted),
                      field("explored", &s::explored), field("reward", &s::reward),
                      field("value", &s::value)};
  }
};

/// Of items in recommended lists.
struct shown_counts {
  std::int64_t served = 0;
  std::int64_t clicked = 0;
  std::int64_t converted = 0;
  static constexpr auto fields() {
    using s = shown_counts;
    return std::tuple{field("served", &s::served), field("clicked", &s::clicked),
                      field("converted", &s::converted)};
  }
};

/// Everything of one bucket of time.
struct analytics_bucket {
  std::array<std::int64_t, counted_kinds> events{};
  std::int64_t orders = 0;
  micros revenue = 0;
  std::int64_t units = 0;
  std::int64_t cancellations = 0;
  micros cancelled = 0;
  std::array<std::int64_t, 5> carts{}; ///< that began here, by where they stand
  std::int64_t lists = 0;              ///< of recommendations
  shown_counts shown;
  std::array<shown_counts, source_kinds> by_source{};
  std::array<shown_counts, reason_kinds> by_reason{};
  unique_count users;
  unique_count sessions;
  unique_count items_shown;
  counted_table<group_counts> categories;
  counted_table<group_counts> brands;
  counted_table<product_counts> products;
  counted_table<search_counts> searches;
  counted_table<country_counts> countries;
  counted_table<path_counts> paths;
  counted_table<arm_counts> arms; ///< campaign, a unit separator, arm
  static constexpr auto fields() {
    using s = analytics_bucket;
    return std::tuple{field("events", &s::events),
                      field("orders", &s::orders),
                      field("revenue", &s::revenue),
                      field("units", &s::units),
                      field("cancellations", &s::cancellations),
                      field("cancelled", &s::cancelled),
                      field("carts", &s::carts),
                      field("lists", &s::lists),
                      field("shown", &s::shown),
                      field("bySource", &s::by_source),
                      field("byReason", &s::by_reason),
                      field("users", &s::users),
                      field("sessions", &s::sessions),
                      field("itemsShown", &s::items_shown),
                      field("categories", &s::categories),
                      field("brands", &s::brands),
                      field("products", &s::products),
                      field("searches", &s::searches),
                      field("countries", &s::countries),
                      field("paths", &s::paths),
                      field("arms", &s::arms)};
  }
};

inline constexpr std::size_t cohort_weeks = 52;

/// The users of one first week, and what they did in the weeks after.
struct cohort_row {
  std::int32_t week = 0; ///< weeks since Monday, 1969-12-29
  std::int64_t users = 0;
  std::array<std::int64_t, cohort_weeks> active{};
  std::array<micros, cohort_weeks> revenue{};
  static constexpr auto fields() {
    using s = cohort_row;
    return std::tuple{field("week", &s::week), field("users", &s::users),
                      field("active", &s::active), field("revenue", &s::revenue)};
  }
};

/// Users by the UTC day of their newest event and the segment they were in then.
struct segment_row {
  std::int32_t day = 0;
  std::array<std::int64_t, 4> users{}; ///< as engine::segment
  static constexpr auto fields() {
    return std::tuple{field("day", &segment_row::day), field("users", &segment_row::users)};
  }
};

/// What stands now, whatever the range.
struct analytics_levels {
  std::int64_t open_carts = 0;
  micros open_value = 0;
  std::vector<segment_row> segments; ///< by day; the first also has everybody before
  static constexpr auto fields() {
    using s = analytics_levels;
    return std::tuple{field("openCarts", &s::open_carts), field("openValue", &s::open_value),
                      field("segments", &s::segments)};
  }
};

} // namespace riq
