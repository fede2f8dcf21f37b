#pragma once
// Dense indices that are used again.

#include <cstddef>
#include <cstdint>
#include <vector>

namespace riq::engine {

/// An index that was let go, taken out of `free`, else the one that `grow` makes.
template <class Grow>
std::uint32_t take_slot(std::vector<std::uint32_t>& free, Grow&& grow) {
  if (free.empty()) return static_cast<std::uint32_t>(grow());
  const auto at = free.back();
  free.pop_back();
  return at;
}

/// The same for an array that is a vector.
template <class T>
std::uint32_t take_slot(std::vector<std::uint32_t>& free, std::vector<T>& of) {
  return take_slot(free, [&] {
    of.emplace_back();
    return of.size() - 1;
  });
}

} // namespace riq::engine
