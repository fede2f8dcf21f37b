#pragma once
// Asking for memory before it is read.

#include <cstddef>

namespace riq::engine {

/// Brings the first `bytes` at the address nearer, line by line, without waiting. A hint: any
/// address is allowed.
inline void prefetch(const void* address, std::size_t bytes) {
  // GCC takes a function that does nothing but this for one without effect, and leaves its calls
  // out. An empty statement that may have any effect keeps them.
  asm volatile("");
  constexpr std::size_t line = 64;
  for (std::size_t at = 0; at < bytes; at += line)
    __builtin_prefetch(static_cast<const std::byte*>(address) + at);
}

template <class T>
void prefetch(const T& object) {
  prefetch(&object, sizeof(T));
}

} // namespace riq::engine
