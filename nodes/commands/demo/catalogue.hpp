#pragma once
// The demo shop's catalogue: made up from a seed, the same for the same seed and size.

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "messages/item.hpp"

namespace riq::commands {

using random_source = std::mt19937_64;

/// A number of [0, 1).
inline double uniform(random_source& random) {
  return static_cast<double>(random() >> 11) * 0x1.0p-53;
}

/// An index of [0, n).
inline std::size_t pick(random_source& random, std::size_t n) {
  return static_cast<std::size_t>(uniform(random) * static_cast<double>(n));
}

struct product {
  item entry;
  std::size_t shelf = 0;    ///< index of its category in the catalogue
  double appeal = 0;        ///< how much people look at it, (0, 1], few items have most
  double price_level = 0.5; ///< rank of its price on its shelf, [0, 1]
};

/// A category with its products, those with the most appeal first.
struct shelf {
  std::string category;
  std::vector<std::size_t> products;
  double morning = 1; ///< how much more it is visited in the morning than over the day
  double evening = 1;
};

struct catalogue {
  std::vector<product> products;
  std::vector<shelf> shelves;
};

/// About `size` products over all categories, with prices log-normal about what such things cost.
catalogue make_catalogue(std::uint64_t seed, std::size_t size);

} // namespace riq::commands
