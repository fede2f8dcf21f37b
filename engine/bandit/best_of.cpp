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

/// A normal value, ready to be looked up: the table's place of x is x · scale + offset.
struct placed {
  double scale = 0;
  double offset = 0;

  explicit placed(const uncertain& v)
    : scale(table_steps_per_unit / v.deviation),
      offset(table_reach * table_steps_per_unit - v.mean * scale) {}

  /// P(value < x)
  double below(double x, const std::array<float, table_size>& table) const {
    const auto place = x * scale + offset;
    if (place <= 0) return 0;
    if (place >= table_size - 1) return 1;
    const auto i = static_cast<std::size_t>(place);
    const auto part = place - static_cast<double>(i);
    return table[i] + part * (table[i + 1] - table[i]);
  }
};

// Where each leading value contributes nodes, in its own deviations; denser above its mean, where a
// largest value lies.
constexpr std::array nodes{-3.0, -2.1, -1.5, -1.0, -0.5, 0.0, 0.4, 0.8, 1.2, 1.6, 2.0, 2.5, 3.2};
constexpr std::size_t leaders = 12;

// The largest value lies below this in less than one case of a thousand.
constexpr double least_deviations = 3.2;

void fill_grid(std::span<const uncertain> values, std::vector<double>& grid) {
  thread_local std::vector<std::size_t> order;
  order.resize(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto n = std::min(leaders, order.size());
  const auto reach = [&](std::size_t i) { return values[i].mean + values[i].deviation; };
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(n), order.end(),
                    [&](auto a, auto b) { return reach(a) > reach(b); });
  auto least = values.front().mean - least_deviations * values.front().deviation;
  for (const auto& v : values) least = std::max(least, v.mean - least_deviations * v.deviation);
  grid.assign(1, least);
  for (std::size_t i = 0; i < n; ++i)
    for (const auto z : nodes) {
      const auto x = values[order[i]].mean + z * values[order[i]].deviation;
      if (x > least) grid.push_back(x);
    }
  std::ranges::sort(grid);
  // Equal values make equal nodes.
  grid.erase(std::unique(grid.begin(), grid.end()), grid.end());
}

} // namespace

std::vector<double> best_of(std::span<const uncertain> values) {
  const auto n = values.size();
  if (n <= 1) return std::vector<double>(n, 1);
  const auto& table = normal_table();
  // Of the thread, as a decision should not allocate ten times.
  thread_local std::vector<double> grid;
  thread_local std::vector<placed> at;
  thread_local std::vector<double> below, suffix, before, others_before;
  fill_grid(values, grid);
  at.clear();
  for (const auto& v : values) at.emplace_back(v);
  below.resize(n);
  suffix.resize(n + 1);
  before.assign(n, 0);
  others_before.assign(n, 0);
  std::vector<double> out(n);
  // Between two nodes a value gains below - before; that all others lie lower is taken as the mean
  // of both ends. The last node is infinity.
  for (std::size_t g = 0; g <= grid.size(); ++g) {
    suffix[n] = 1;
    for (std::size_t k = n; k-- > 0;) {
      below[k] = g == grid.size() ? 1.0 : at[k].below(grid[g], table);
      suffix[k] = suffix[k + 1] * below[k];
    }
    double prefix = 1;
    for (std::size_t k = 0; k < n; ++k) {
      const auto others = prefix * suffix[k + 1];
      prefix *= below[k];
      out[k] += (below[k] - before[k]) * 0.5 * (others + others_before[k]);
      before[k] = below[k];
      others_before[k] = others;
    }
  }
  const auto sum = std::accumulate(out.begin(), out.end(), 0.0);
  for (auto& p : out) p /= sum;
  return out;
}

} // namespace riq::engine
