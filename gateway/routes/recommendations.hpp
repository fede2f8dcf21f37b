#pragma once
// The question of GET /api/recommendations, which other routes ask too.

#include "gateway/backend.hpp"

namespace riq::gateway {

/// Asks for recommendations. When they do not come in time, or the user's shard is not ready,
/// `done` gets a list that depends on no user, marked `"degraded": true`; other errors are passed.
void ask_recommendations(backend& with, recommend question,
                         unique_function<void(result<std::string>)> done);

} // namespace riq::gateway
