#pragma once
// Four numbers side by side.

#include <bit>
#include <cstddef>
#include <cstdint>

#ifdef __SSE__
#include <xmmintrin.h>
#endif

namespace riq::engine {

inline constexpr std::size_t lanes = 4; ///< what every x86-64 has
using floats = float __attribute__((vector_size(lanes * sizeof(float))));
using words = std::uint32_t __attribute__((vector_size(lanes * sizeof(std::uint32_t))));
using whole = std::int32_t __attribute__((vector_size(lanes * sizeof(std::int32_t))));

// What a comparison gives is a mask: `mask ? a : b` chooses lane by lane. Both sides are computed,
// and neither needs a branch.

/// Blocks of `lanes` that hold so many numbers.
constexpr std::size_t blocks_of(std::size_t count) {
  return (count + lanes - 1) / lanes;
}

inline floats to_float(whole x) {
  return __builtin_convertvector(x, floats);
}
inline whole to_int(floats x) {
  return __builtin_convertvector(x, whole);
}

/// Binary logarithm of positive numbers, straight between powers of two: monotone, 0.09 off at
/// most, the same on every machine, and two instructions.
inline floats quick_log2(floats x) {
  return to_float(std::bit_cast<whole>(x) - 0x3f800000) * 0x1.0p-23F;
}

/// The number or the nearer end of [0,1]; not a number: 0.
inline floats unit(floats x) {
#ifdef __SSE__ // GCC makes four instructions of each line below where one does the same
  return _mm_min_ps(_mm_max_ps(x, floats{}), floats{} + 1);
#else
  const floats positive = x > 0 ? x : floats{};
  return positive < 1 ? positive : floats{} + 1;
#endif
}

} // namespace riq::engine
