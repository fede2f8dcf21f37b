#pragma once
// Deletes old segments of topics that are bounded in bytes or time. A compacted topic is not: it
// keeps the newest record of each key.

#include <cstdint>

#include "messages/error.hpp"
#include "storage/embedded/catalog.hpp"
#include "storage/embedded/group_offsets.hpp"
#include "storage/embedded/pipeline.hpp"
#include "storage/embedded/rocks.hpp"

namespace riq::storage::embedded {

/// Deletes what is too old or too much in every topic, but nothing that a group which has committed
/// there still needs. Runs on the upkeep thread; decides on the writer's. `now`: epoch ms.
error retain(const rocks& db, const catalog& topics, const group_offsets& groups, pipeline& writer,
             std::int64_t now);

} // namespace riq::storage::embedded
