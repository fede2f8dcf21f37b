#pragma once
// What is in memory of the log, built from the database at start.

#include "messages/error.hpp"
#include "storage/embedded/catalog.hpp"
#include "storage/embedded/group_offsets.hpp"
#include "storage/embedded/rocks.hpp"

namespace riq::storage::embedded {

/// Topics, offsets, segments and group offsets. Reads the keys of the newest segment of each
/// partition, not the whole log. With `repaired`, no partition goes on below a shard's position of
/// the same number: what the log lost may already be in the state, and its offsets are not reused.
error restore(const rocks& db, bool repaired, catalog& topics, group_offsets& groups);

/// The value of a partition's "E" entry.
struct extent {
  std::int64_t end = 0; ///< the next offset is not below it, whatever was deleted
  std::int64_t cleaned_until = 0;
  std::uint64_t clean_bytes = 0;
};

std::string encode_extent(const extent& e);

} // namespace riq::storage::embedded
