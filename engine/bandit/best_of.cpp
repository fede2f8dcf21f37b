#include "engine/bandit/best_of.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace riq::engine {
namespace {

// The normal distribution by linear interpolation: 2^-9 apart the error is below 5e-7.
constexpr double table_reach = 6;
constexpr int table_steps_per_unit = 512;
constexpr int table_size = static_cast<int>(2 * table_reach) * table_steps_per_unit + 2;

const std::array<float, table_size>& normal_table() {
  static const auto table = [] {
    std::array<float, table_size> t{};
    for (int i = 0; i < table_size; ++i) {
      const auto z = static_cast<double>(i) / table_steps_per_unit - table_reach;
      t[static_cast<std::size_t>(i)] = static_cast<float>(0.5 * std::erfc(-z / std::sqrt(2.0)));
    }
    return t;
  }();
  return table;
}

double normal_cdf(double z, const std::array<float, table_size>& table) {
  const auto x = (z + table_reach) * table_steps_per_unit;
  if (x <= 0) return 0;
  if (x >= table_size - 1) return 1;
  const auto i = static_cast<std::size_t>(x);
  const auto part = x - static_cast<double>(i);
  return table[i] * (1 - part) + table[i + 1] * part;
}

// Where each leading value contributes nodes, in its own deviations; denser above its mean, where a
// largest value lies.
constexpr std::array nodes{-3.0, -2.1, -1.5, -1.0, -0.5, 0.0, 0.4, 0.8, 1.2, 1.6, 2.0, 2.5, 3.2};
constexpr std::size_t leaders = 12;

std::vector<double> grid_of(std::span<const uncertain> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto n = std::min(leaders, order.size());
  const auto reach = [&](std::size_t i) { return values[i].mean + values[i].deviation; };
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(n), order.end(),
                    [&](auto a, auto b) { return reach(a) > reach(b); });
  std::vector<double> grid;
  grid.reserve(n * nodes.size());
  for (std::size_t i = 0; i < n; ++i)
    for (const auto z : nodes)
      grid.push_back(values[order[i]].mean + z * values[order[i]].deviation);
  std::ranges::sort(grid);
  // Equal values make equal nodes.
  grid.erase(std::unique(grid.begin(), grid.end()), grid.end());
  return grid;
}

} // namespace

std::vector<double> best_of(std::span<const uncertain> values) {
  const auto n = values.size();
  if (n <= 1) return std::vector<double>(n, 1);
  const auto& table = normal_table();
  const auto grid = grid_of(values);
  std::vector<double> out(n), below(n), others(n), before(n, 0), others_before(n, 0), suffix(n + 1);
  // Between two nodes a value gains below - before; that all others lie lower is taken as the mean
  // of both ends. The last node is infinity.
  for (std::size_t g = 0; g <= grid.size(); ++g) {
    for (std::size_t k = 0; k < n; ++k)
      below[k] = g == grid.size()
                   ? 1.0
                   : normal_cdf((grid[g] - values[k].mean) / values[k].deviation, table);
    suffix[n] = 1;
    for (std::size_t k = n; k-- > 0;) suffix[k] = suffix[k + 1] * below[k];
    double prefix = 1;
    for (std::size_t k = 0; k < n; ++k) {
      others[k] = prefix * suffix[k + 1];
      prefix *= below[k];
      out[k] += (below[k] - before[k]) * 0.5 * (others[k] + others_before[k]);
    }
    std::swap(below, before);
    std::swap(others, others_before);
  }
  const auto sum = std::accumulate(out.begin(), out.end(), 0.0);
  for (auto& p : out) p /= sum;
  return out;
}

} // namespace riq::engine
