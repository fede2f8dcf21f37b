#pragma once
// The generator that decisions take as an argument; nothing in the engine has one of its own.

#include <cstdint>

namespace riq::engine {

/// SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014): eight
/// bytes of state, any seed is good, so every user can have one.
class random_source {
 public:
  explicit random_source(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    auto z = (state_ += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }

  /// Uniform in [0, 1).
  double unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

 private:
  std::uint64_t state_;
};

} // namespace riq::engine
