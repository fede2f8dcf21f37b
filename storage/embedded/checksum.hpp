#pragma once
// CRC-32C (Castagnoli), with the processor's instruction where it has one.

#include <cstdint>
#include <string_view>

namespace riq::storage::embedded {

/// The checksum of `bytes` following what `before` is the checksum of.
std::uint32_t crc32c(std::string_view bytes, std::uint32_t before = 0);

/// LevelDB's mask: a checksum that is stored beside the data it covers is stored masked, so that a
/// checksum over data with checksums in it stays strong.
constexpr std::uint32_t mask_crc(std::uint32_t crc) {
  return ((crc >> 15) | (crc << 17)) + 0xa282ead8U;
}

} // namespace riq::storage::embedded
