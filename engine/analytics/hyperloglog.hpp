#pragma once
// Distinct counts in little memory: HyperLogLog (Flajolet, Fusy, Gandouet, Meunier: "HyperLogLog:
// the analysis of a near-optimal cardinality estimation algorithm", 2007) with 4,096 registers over
// a 64-bit hash, estimated as in Ertl: "New cardinality estimation algorithms for HyperLogLog
// sketches", 2017. The relative standard error is 1.04/√4096 = 1.6 %. A sketch is sparse (three
// bytes a register that is set) until that takes a kilobyte.

#include <cstdint>
#include <string_view>

#include "messages/analytics_counts.hpp"

namespace riq::engine::analytics {

inline constexpr std::size_t hll_registers = 4'096;
inline constexpr double hll_error = 0.01625;

/// `hash` must be well mixed, as stable_hash's are. Whether the sketch changed.
bool add(unique_count& to, std::uint64_t hash);

/// The sketch of the union: commutative, associative, idempotent.
void merge(unique_count& to, const unique_count& from);

/// About how many distinct hashes were added.
double estimate(const unique_count& of);

/// Raises one register; for who keeps registers otherwise.
bool raise(unique_count& to, std::uint32_t index, std::uint8_t rank);

/// Calls `visit(index, rank)` for the registers that are set.
template <class F>
void each_register(const unique_count& of, F&& visit) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(of.registers[i]); };
  if (of.registers.size() == hll_registers) {
    for (std::uint32_t i = 0; i < hll_registers; ++i)
      if (byte(i) != 0) visit(i, byte(i));
  } else {
    for (std::size_t i = 0; i + 2 < of.registers.size(); i += 3)
      visit((byte(i) | std::uint32_t{byte(i + 1)} << 8) % hll_registers, byte(i + 2));
  }
}

/// Where a hash goes.
struct hll_place {
  std::uint32_t index;
  std::uint8_t rank;
};
hll_place place_of(std::uint64_t hash);

} // namespace riq::engine::analytics
