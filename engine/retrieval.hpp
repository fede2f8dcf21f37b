#pragma once
// The first stage: from everything to about a thousand candidates, each with what brought it.

#include <cstdint>
#include <vector>

#include "engine/context.hpp"
#include "engine/item_model.hpp"
#include "engine/recommend.hpp"

namespace riq::engine {

constexpr std::uint8_t bit_of(retrieval_source source) {
  return static_cast<std::uint8_t>(1U << static_cast<unsigned>(source));
}

struct candidate {
  std::uint32_t item = 0;
  std::uint8_t sources = 0;    ///< bit_of(retrieval_source)
  std::uint8_t generation = 0; ///< of the item's index
  std::uint8_t met = 0;        ///< 1 + place among the items met, at most 255; 0: not met
  bool in_session = false;
  bool in_cart = false;
  float neighbours = 0; ///< strength among session neighbours, 1 for the strongest
  float follows = 0;    ///< share of the visits after the latest item
  float covisits = 0;   ///< weighted share of the visits around the recent items
};

/// The candidates for whoever the context describes, at most `limit`, in no particular order. What
/// everybody likes is taken from the category `within`; the other sources know no filter. The
/// vector belongs to the calling thread and holds until its next call.
const std::vector<candidate>& retrieve_candidates(const context& asking, const item_model& model,
                                                  std::uint32_t limit,
                                                  std::uint32_t within = category_tree::root);

/// A candidate that is given from outside, with whatever evidence there is for it.
/// Also on the thread's own vector, in the order of `items`.
const std::vector<candidate>& examine_candidates(const context& asking, const item_model& model,
                                                 const std::vector<std::uint32_t>& items);

} // namespace riq::engine
