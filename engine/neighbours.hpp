#pragma once
// Session neighbours: which items others met in recent sessions that resemble this one.

#include <cstdint>

#include "engine/candidate_pool.hpp"
#include "engine/context.hpp"

namespace riq::engine {

/// Adds the neighbours' strengths to the pool.
///
/// VMIS-kNN (Kersbergen, Sprangers, Schelter: Serenade, SIGMOD 2022) finds sessions through the
/// postings of the items met last; a session is as similar as the sum of the shared items' weights:
/// their place in the own session, their rarity, the neighbour's age. As in STAN (Garg, Gupta,
/// Malhotra et al.: Sequence and Time Aware Neighborhood, SIGIR 2019), an item of a neighbour
/// counts the more the closer it stands to the shared item in that session.
void add_neighbours(const context& asking, const item_model& model, candidate_pool& pool);

} // namespace riq::engine
