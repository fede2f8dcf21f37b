#pragma once
// What is watched live, as JSON: docs/analytics.md has the members of each.

#include <cstdint>
#include <string>
#include <vector>

#include "engine/recommend.hpp"
#include "messages/analytics_note.hpp"
#include "messages/event.hpp"
#include "messages/live_feed.hpp"

namespace riq {

/// Adds an applied event: itself, and the offer or outcome that it is.
void add_live(std::vector<live_item>& to, const event& e, const analytics_note& note,
              std::int32_t partition, std::int64_t offset);

/// A list that a user is shown.
std::vector<live_item> live_list(const std::string& user,
                                 const std::vector<engine::recommendation>& list,
                                 std::uint64_t epoch, std::int64_t time);

} // namespace riq
