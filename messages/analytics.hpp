#pragma once
// Questions about the shop as a whole: what a shard is asked, what it answers, and the table that
// the answers of all shards become.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <variant>
#include <vector>

#include "config/fields.hpp"
#include "messages/analytics_counts.hpp"

namespace riq {

/// The parts of a bucket that an answer needs; a bit each.
enum class analytics_part : std::uint32_t {
  sums = 1,
  uniques = 2,
  groups = 4,
  products = 8,
  searches = 16,
  countries = 32,
  paths = 64,
  arms = 128,
  shown = 256,
  levels = 512,
  cohorts = 1024
};
constexpr std::uint32_t bit_of(analytics_part p) {
  return static_cast<std::uint32_t>(p);
}

/// → analytics_slice: the shard's buckets in [from, to), in bins of `step`, or in one. What lies
/// behind `split` is one bin of its own, or with a `step` as fine as it is kept.
struct ask_analytics {
  std::int64_t from = 0;
  std::int64_t to = 0;
  std::int64_t step = 0;  ///< milliseconds; 0: one bin
  std::int64_t split = 0; ///< 0: not split
  std::uint32_t parts = 0;
  std::int32_t partition = -1; ///< the shard's, which says on which node it is asked
  static constexpr auto fields() {
    using s = ask_analytics;
    return std::tuple{field("from", &s::from),   field("to", &s::to),
                      field("step", &s::step),   field("split", &s::split),
                      field("parts", &s::parts), field("partition", &s::partition)};
  }
};

struct analytics_point {
  std::int64_t t = 0; ///< start of the bin
  analytics_bucket counts;
  static constexpr auto fields() {
    return std::tuple{field("t", &analytics_point::t), field("counts", &analytics_point::counts)};
  }
};

/// One shard's share of an answer.
struct analytics_slice {
  std::int64_t as_of = 0; ///< newest event time counted, 0: none
  std::int64_t too_old = 0;
  std::vector<analytics_point> points; ///< ascending; empty bins are left out
  analytics_levels levels;
  std::vector<cohort_row> cohorts;
  static constexpr auto fields() {
    using s = analytics_slice;
    return std::tuple{field("asOf", &s::as_of), field("tooOld", &s::too_old),
                      field("points", &s::points), field("levels", &s::levels),
                      field("cohorts", &s::cohorts)};
  }
};

/// The analytics there are; `GET /api/analytics` lists them.
enum class analytic : std::uint8_t {
  views_per_minute,
  events,
  active_users,
  cart_abandonment_rate,
  open_carts,
  average_order_value,
  revenue,
  top_products_by_category,
  trending,
  searches,
  funnel,
  cohorts,
  recommendations,
  offers,
  segments,
  countries
};
constexpr auto enum_names(analytic) {
  return std::array<std::string_view, 16>{"views_per_minute", "events",
                                          "active_users",     "cart_abandonment_rate",
                                          "open_carts",       "average_order_value",
                                          "revenue",          "top_products_by_category",
                                          "trending",         "searches",
                                          "funnel",           "cohorts",
                                          "recommendations",  "offers",
                                          "segments",         "countries"};
}

/// Rows by time, by something else, or as it is now.
enum class analytic_shape : std::uint8_t { series, list, now };
constexpr auto enum_names(analytic_shape) {
  return std::array<std::string_view, 3>{"series", "list", "now"};
}

/// What is asked, after all parameters were read.
struct analytics_request {
  analytic name = analytic::events;
  std::int64_t from = 0; ///< whole buckets
  std::int64_t to = 0;
  std::int64_t step = 0; ///< length of a bucket
  std::int64_t now = 0;
  std::string category;
  std::string by;
  std::string rank;
  std::uint32_t limit = 0;
  std::int64_t past_ms = 0;
  std::uint64_t catalogue = 0; ///< items known
  std::vector<event_kind> steps;
};

/// What one of them is.
struct analytic_description {
  analytic name;
  analytic_shape shape;
  std::string_view definition;
  std::uint32_t limit;              ///< default; 0: takes none
  std::string_view category;        ///< "category" when it takes one
  std::vector<std::string_view> by; ///< allowed words, the default first
  std::vector<std::string_view> rank;
  std::vector<std::string_view> columns; ///< of the default form
};

using analytics_cell = std::variant<std::int64_t, double, std::string>;

/// The answer as rows of cells under columns.
struct analytics_table {
  std::vector<std::string> columns;
  std::vector<std::vector<analytics_cell>> rows;
  std::vector<std::pair<std::string, analytics_cell>> totals;
  double error = 0;        ///< relative standard error of unique counts, 0: there are none
  std::int64_t bound = -1; ///< of a bounded list, -1: is none
};

} // namespace riq
