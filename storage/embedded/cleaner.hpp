#pragma once
// Keeps a compacted topic to the newest record of each key. The family `index` knows that record's
// offset, written with the record itself. Cleaning goes through the batches in order and rewrites
// them without the records that the index does not name; small neighbours become one batch. Each
// piece is one atomic write, so a crash leaves the topic cleaned up to some point.
//
// A tombstone that no group can still miss goes too, with its index entry; its older records went
// before it. A record whose key has no index entry is kept.

#include "messages/error.hpp"
#include "storage/embedded/catalog.hpp"
#include "storage/embedded/group_offsets.hpp"
#include "storage/embedded/pipeline.hpp"
#include "storage/embedded/rocks.hpp"

namespace riq::storage::embedded {

/// Cleans every compacted partition that has become dirty enough. Runs on the upkeep thread.
/// `stop` is asked between pieces.
error clean(const rocks& db, const catalog& topics, const group_offsets& groups, pipeline& writer,
            const options& settings, const std::function<bool()>& stop);

} // namespace riq::storage::embedded
