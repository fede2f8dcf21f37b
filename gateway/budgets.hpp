#pragma once
// What the campaigns spent of their budgets, summed over the shards of all nodes.

#include "gateway/backend.hpp"

#include <cstddef>
#include <vector>

namespace riq::gateway {

struct budget_sums {
  std::vector<budget_line> lines; ///< by campaign, in the order in which they were met
  std::size_t shards = 0;
  std::size_t answered = 0; ///< the others did not in time: the sums lack their part
};

/// On an io thread; `done` on the same.
void sum_budgets(backend& with, unique_function<void(budget_sums)> done);

/// In the campaign's unit.
inline double in_units(std::int64_t millionths) {
  return static_cast<double>(millionths) / 1e6;
}

} // namespace riq::gateway
