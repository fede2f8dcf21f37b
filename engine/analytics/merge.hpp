#pragma once
// Adding up counts: buckets of one shard to coarser ones, shares of shards to an answer. All of it
// is commutative and associative, so whose share comes first does not matter.

#include "messages/analytics.hpp"
#include "messages/analytics_counts.hpp"

namespace riq::engine::analytics {

inline constexpr std::uint32_t all_parts = 0xffffffffU;

void add_counts(group_counts& to, const group_counts& x);
void add_counts(product_counts& to, const product_counts& x);
void add_counts(search_counts& to, const search_counts& x);
void add_counts(country_counts& to, const country_counts& x);
void add_counts(path_counts& to, const path_counts& x);
void add_counts(arm_counts& to, const arm_counts& x);
void add_counts(shown_counts& to, const shown_counts& x);

/// Only the parts (bits of analytics_part) are added.
void merge(analytics_bucket& to, const analytics_bucket& x, std::uint32_t parts = all_parts);
void merge(analytics_levels& to, const analytics_levels& x);
void merge(cohort_row& to, const cohort_row& x);
void merge(analytics_slice& to, const analytics_slice& x);

} // namespace riq::engine::analytics
