#pragma once
// The topics a node needs, with their partitions and how long they are kept.

#include <vector>

#include "config/settings.hpp"
#include "storage/event_log.hpp"

namespace riq {

std::vector<storage::topic_options> needed_topics(const log_settings& log);

/// Makes those that are missing; stops at the first that cannot be had.
error ensure_topics(storage::event_log& log, const log_settings& settings);

} // namespace riq
