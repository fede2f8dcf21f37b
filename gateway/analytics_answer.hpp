#pragma once
// An answer of the analytics as JSON or CSV; docs/analytics.md has the form.

#include "messages/analytics.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace riq::gateway {

/// What is known of an answer beside its rows.
struct analytics_frame {
  std::int64_t as_of = 0;
  std::int64_t too_old = 0;
  std::size_t asked = 0;
  std::vector<std::int32_t> missing; ///< partitions that did not answer
};

std::string analytics_json(const analytics_request& r, const analytics_table& table,
                           const analytics_frame& frame);

/// RFC 4180: a header line, then the rows; a column `t` as RFC 3339.
std::string analytics_csv(const analytics_table& table);

/// `minute`, `hour` or `day`.
std::string_view granularity_name(std::int64_t step);

} // namespace riq::gateway
