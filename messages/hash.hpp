#pragma once
// Stable 64-bit hashes: the same on every node and in every version, so they may be stored.

#include <cstdint>
#include <string_view>

namespace riq {

/// FNV-1a with a final mix (Fowler, Noll, Vo; the mix is MurmurHash3's finaliser). Not for secrets.
std::uint64_t stable_hash(std::string_view text, std::uint64_t seed = 0);

} // namespace riq
