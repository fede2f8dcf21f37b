#pragma once
// What became of a decision, once a record about it was applied.

#include "gateway/backend.hpp"

#include <cstdint>
#include <string>

namespace riq::gateway {

/// Asks the user's state. With a position it waits until that is applied, a few times as long as a
/// read would; a `stale` standing is the last one that was found. On an io thread.
void look_up(backend& with, std::string user, std::uint64_t decision, std::string after,
             unique_function<void(result<decision_standing>)> done);

} // namespace riq::gateway
