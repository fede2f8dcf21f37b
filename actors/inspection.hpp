#pragma once
// How a user looks from outside: the live inspector's page and the export. Pure.

#include <string>

#include "config/settings.hpp"
#include "engine/user_state.hpp"

namespace riq {

/// What surrounds the state of a user that is looked at.
struct inspection_frame {
  std::int32_t shard = 0;
  bool resident = false;
  std::int64_t now = 0;
  std::uint64_t memory_bytes = 0;
  const std::string* kept_list = nullptr; ///< JSON of the cached recommendations, or null
};

/// `{"userId","shard","resident","memoryBytes","state":{…},"timers":[…],"cachedRecommendations":…}`;
/// the state through the field list that CAF's `inspect` is derived from.
std::string render_inspection(const user_state& state, const inspection_frame& frame,
                              const feature_settings& settings);

/// `{"userId","state":{…},"features":{…}}`
std::string render_export(const user_state& state, std::int64_t now,
                          const feature_settings& settings);

} // namespace riq
