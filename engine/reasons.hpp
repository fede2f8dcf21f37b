#pragma once
// Why an item is in the list, in words for the shopper and as items of theirs.

#include <string>
#include <vector>

#include "engine/context.hpp"
#include "engine/ranking.hpp"
#include "messages/analytics_counts.hpp"

namespace riq::engine {

struct reason {
  reason_kind kind = reason_kind::other;
  std::string text;
  std::vector<std::string> because; ///< product ids of the person's items, at most 3
};

reason reason_of(const scored& s, const context& asking, const item_model& model);

std::vector<std::string> source_names(std::uint8_t sources);

} // namespace riq::engine
