#include "messages/hash.hpp"

namespace riq {

std::uint64_t stable_hash(std::string_view text, std::uint64_t seed) {
  auto h = 0xcbf29ce484222325ULL ^ seed;
  for (const unsigned char c : text) h = (h ^ c) * 0x100000001b3ULL;
  h ^= h >> 33;
  h *= 0xff51afd7ed558ccdULL;
  h ^= h >> 33;
  h *= 0xc4ceb9fe1a85ec53ULL;
  h ^= h >> 33;
  return h;
}

} // namespace riq
