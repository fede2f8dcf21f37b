#include "messages/partition.hpp"

#include <cstring>

namespace riq {

std::uint32_t murmur2(std::string_view key) {
  constexpr std::uint32_t seed = 0x9747b28c;
  constexpr std::uint32_t m = 0x5bd1e995;
  constexpr int r = 24;
  auto h = seed ^ static_cast<std::uint32_t>(key.size());
  const auto words = key.size() / 4;
  for (std::size_t i = 0; i < words; ++i) {
    std::uint32_t k; // little-endian, as every machine we build for
    std::memcpy(&k, key.data() + i * 4, 4);
    k *= m;
    k ^= k >> r;
    k *= m;
    h = (h * m) ^ k;
  }
  const auto* tail = reinterpret_cast<const unsigned char*>(key.data() + words * 4);
  switch (key.size() % 4) {
  case 3:
    h ^= std::uint32_t{tail[2]} << 16;
    [[fallthrough]];
  case 2:
    h ^= std::uint32_t{tail[1]} << 8;
    [[fallthrough]];
  case 1:
    h ^= tail[0];
    h *= m;
  }
  h ^= h >> 13;
  h *= m;
  h ^= h >> 15;
  return h;
}

} // namespace riq
