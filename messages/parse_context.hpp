#pragma once
// What reading a record of a client needs beside the record's bytes.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace riq {

struct parse_context {
  std::int64_t now_ms = 0;   ///< the event's time when the record tells none; becomes `received`
  std::string_view event_id; ///< the event's id when the record tells none; may be empty
};

/// Bounds of what clients may send; beyond them is an error that names the field.
namespace limits {
inline constexpr std::size_t json_depth = 16;
inline constexpr std::size_t json_bytes = std::size_t{8} << 20;
inline constexpr std::size_t user_id = 256;
inline constexpr std::size_t product_id = 256;
inline constexpr std::size_t session_id = 256;
inline constexpr std::size_t event_id = 128;
inline constexpr std::size_t order_id = 128;
inline constexpr std::size_t category = 256;
inline constexpr std::size_t brand = 128;
inline constexpr std::size_t query = 512;
inline constexpr std::size_t properties = 4'096;
inline constexpr std::size_t decision_id = 2'048;
inline constexpr std::size_t title = 512;
inline constexpr std::size_t tag = 64;
inline constexpr std::size_t tags = 32;
inline constexpr std::size_t order_lines = 500;
inline constexpr std::int64_t quantity = 10'000;
inline constexpr double price = 1e9;
inline constexpr double duration_sec = 86'400 * 7.0;
inline constexpr std::int64_t time = 253'402'300'799'999; // the last millisecond of the year 9999
inline constexpr std::int64_t sequence = std::int64_t{1} << 53;
} // namespace limits

} // namespace riq
