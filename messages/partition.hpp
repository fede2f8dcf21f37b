#pragma once
// Kafka's default partitioner for records with a key, as the Java client computes it, so that a
// record of any Kafka client lands in the partition where we look for its user.

#include <cstdint>
#include <string_view>

namespace riq {

/// 32-bit murmur2 with Kafka's seed.
std::uint32_t murmur2(std::string_view key);

/// The partition of `key` among `partitions` (> 0).
inline std::int32_t partition_of(std::string_view key, std::int32_t partitions) {
  return static_cast<std::int32_t>((murmur2(key) & 0x7fffffffU) %
                                   static_cast<std::uint32_t>(partitions));
}

} // namespace riq
