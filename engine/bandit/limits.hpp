#pragma once
// Caps and cool-downs of one user. They are looked at twice: when an offer is decided, counting
// what is on its way, and when it is applied, in the order of the log.

#include <cstdint>
#include <span>
#include <string>

#include "engine/user_state.hpp"

namespace riq::engine {

/// A decision that was made but has not come back through the log: caps count it already.
struct decision_under_way {
  std::uint64_t key = 0; ///< hash of the decision id
  std::string campaign;
  std::string arm;
  std::int64_t time = 0;
};

/// Whether one more serving of the arm (null: of any arm of the campaign) stays within `cap` a UTC
/// day and `cooldown_min`; 0: no limit.
bool within_limits(const user_state& user, std::span<const decision_under_way> under_way,
                   const std::string& campaign, const std::string* arm, std::uint32_t cap,
                   std::uint32_t cooldown_min, std::int64_t now);

} // namespace riq::engine
