#pragma once
// How many names a bucket keeps apart. A minute needs few, and there are many minutes; an entry
// takes about 120 bytes.

#include <cstddef>
#include <cstdint>

namespace riq::engine::analytics {

/// Between campaign and arm in the name of a row.
inline constexpr char arm_separator = '\x1f';

namespace bounds {

inline constexpr std::size_t groups = 512; ///< categories, and brands
inline constexpr std::size_t countries = 260;
inline constexpr std::size_t arms = 128;
inline constexpr std::size_t paths = 512; ///< orders of events within a session
inline constexpr std::size_t cohorts = 104;

/// Of a bucket of this length in milliseconds.
constexpr std::size_t products(std::int64_t length) {
  return length <= 60'000 ? 256 : 512;
}
constexpr std::size_t searches(std::int64_t length) {
  return length <= 60'000 ? 128 : 256;
}

/// Of a shard's answer.
inline constexpr std::size_t answered_products = 4'096;

} // namespace bounds
} // namespace riq::engine::analytics
