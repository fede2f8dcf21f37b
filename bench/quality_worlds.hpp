#pragma once
// Shops of known nature, to see that the engine finds out by itself what tells something there.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace riq::bench {

struct row {
  std::string user, item, kind, category, brand, session;
  double price = 0;
  std::int64_t time = 0; ///< epoch milliseconds
};

/// The worlds `make_world` knows:
/// markov: no catalogue; each item has a few successors.
/// clusters: no catalogue; a session stays within one of many overlapping sets of items.
/// content: items come and go quickly, shoppers want a category, a brand and a price.
/// drift: what is wanted changes every hour, like news.
/// habit: shoppers come back to what they met before.
std::vector<std::string_view> world_names();
std::vector<row> make_world(std::string_view name, std::uint64_t seed, std::size_t events);

} // namespace riq::bench
