#include "engine/analytics/hyperloglog.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <string>
#include <utility>

namespace riq::engine::analytics {
namespace {

constexpr std::uint32_t index_bits = 12;
constexpr std::size_t entry_bytes = 3; ///< index, low byte first, and rank
constexpr std::size_t most_sparse = 1'023;
constexpr std::size_t max_rank = 64 - index_bits + 1;

bool is_dense(const unique_count& c) {
  return c.registers.size() == hll_registers;
}

std::uint32_t index_at(const std::string& sparse, std::size_t entry) {
  return static_cast<std::uint8_t>(sparse[entry * entry_bytes]) |
         static_cast<std::uint32_t>(static_cast<std::uint8_t>(sparse[entry * entry_bytes + 1]))
           << 8;
}

void make_dense(unique_count& c) {
  std::string dense(hll_registers, '\0');
  for (std::size_t i = 0; i < c.registers.size() / entry_bytes; ++i)
    dense[index_at(c.registers, i) % hll_registers] = c.registers[i * entry_bytes + 2];
  c.registers = std::move(dense);
}

bool raise_byte(char& at, std::uint8_t rank) {
  if (static_cast<std::uint8_t>(at) >= rank) return false;
  at = static_cast<char>(rank);
  return true;
}

/// Sparse entries ascend by index.
std::size_t lower_bound(const std::string& sparse, std::uint32_t index) {
  std::size_t low = 0;
  std::size_t high = sparse.size() / entry_bytes;
  while (low < high) {
    const auto middle = (low + high) / 2;
    if (index_at(sparse, middle) < index)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/// Both ascend, so one pass makes the union.
void merge_sparse(unique_count& to, const std::string& b) {
  const auto& a = to.registers;
  std::string out; // aside: both may be the same
  out.reserve(a.size() + b.size());
  std::size_t i = 0, j = 0;
  while (i < a.size() && j < b.size()) {
    const auto left = index_at(a, i / entry_bytes), right = index_at(b, j / entry_bytes);
    out.append(left <= right ? a : b, left <= right ? i : j, entry_bytes);
    if (left == right) raise_byte(out.back(), static_cast<std::uint8_t>(b[j + 2]));
    if (left <= right) i += entry_bytes;
    if (right <= left) j += entry_bytes;
  }
  out.append(a, i).append(b, j);
  to.registers = std::move(out);
  if (to.registers.size() > most_sparse) make_dense(to);
}

// The two series of Ertl's estimator, which has no bias between small and large numbers.
double sigma(double x) {
  double y = 1, z = x, before = -1;
  while (z != before) {
    before = z;
    x *= x;
    z += x * y;
    y += y;
  }
  return z;
}

double tau(double x) {
  if (x <= 0 || x >= 1) return 0;
  double y = 1, z = 1 - x, before = -1;
  while (z != before) {
    before = z;
    x = std::sqrt(x);
    y *= 0.5;
    z -= (1 - x) * (1 - x) * y;
  }
  return z / 3;
}

} // namespace

hll_place place_of(std::uint64_t hash) {
  const auto index = static_cast<std::uint32_t>(hash >> (64 - index_bits));
  const auto rest = (hash << index_bits) | (std::uint64_t{1} << (index_bits - 1));
  return {index, static_cast<std::uint8_t>(std::countl_zero(rest) + 1)};
}

bool raise(unique_count& to, std::uint32_t index, std::uint8_t rank) {
  auto& r = to.registers;
  if (is_dense(to)) return raise_byte(r[index], rank);
  const auto at = lower_bound(r, index);
  if (at * entry_bytes < r.size() && index_at(r, at) == index)
    return raise_byte(r[at * entry_bytes + 2], rank);
  if (r.size() + entry_bytes > most_sparse) {
    make_dense(to);
    return raise_byte(to.registers[index], rank);
  }
  const char entry[entry_bytes] = {static_cast<char>(index & 0xff), static_cast<char>(index >> 8),
                                   static_cast<char>(rank)};
  r.insert(at * entry_bytes, entry, entry_bytes);
  return true;
}

bool add(unique_count& to, std::uint64_t hash) {
  const auto place = place_of(hash);
  return raise(to, place.index, place.rank);
}

void merge(unique_count& to, const unique_count& from) {
  if (from.registers.empty()) return;
  if (to.registers.empty()) {
    to = from;
    return;
  }
  if (is_dense(from)) {
    if (!is_dense(to)) make_dense(to);
    // Without a branch and with a known length, so that the compiler takes many at once.
    auto* const into = reinterpret_cast<unsigned char*>(to.registers.data());
    const auto* const other = reinterpret_cast<const unsigned char*>(from.registers.data());
    for (std::size_t i = 0; i < hll_registers; ++i) into[i] = std::max(into[i], other[i]);
    return;
  }
  if (!is_dense(to)) return merge_sparse(to, from.registers);
  for (std::size_t at = 0; at + entry_bytes <= from.registers.size(); at += entry_bytes)
    raise_byte(to.registers[index_at(from.registers, at / entry_bytes) % hll_registers],
               static_cast<std::uint8_t>(from.registers[at + 2]));
}

double estimate(const unique_count& of) {
  constexpr auto m = static_cast<double>(hll_registers);
  std::array<std::size_t, max_rank + 1> with_rank{};
  std::size_t set = 0;
  const auto take = [&](char rank) {
    ++with_rank[std::min<std::size_t>(static_cast<std::uint8_t>(rank), max_rank)];
    ++set;
  };
  if (is_dense(of)) {
    for (const auto rank : of.registers)
      if (rank != 0) take(rank);
  } else {
    for (std::size_t i = 0; i < of.registers.size() / entry_bytes; ++i)
      take(of.registers[i * entry_bytes + 2]);
  }
  if (set == 0) return 0;
  auto z = m * tau(1 - static_cast<double>(with_rank[max_rank]) / m);
  for (auto k = max_rank - 1; k >= 1; --k) z = 0.5 * (z + static_cast<double>(with_rank[k]));
  z += m * sigma((m - static_cast<double>(set)) / m);
  return m * m / (2 * std::log(2.0) * z);
}

} // namespace riq::engine::analytics
