#pragma once
// Reads records of one partition from the database and from slabs of the tail.

#include <cstddef>
#include <cstdint>

#include "messages/error.hpp"
#include "storage/embedded/partition.hpp"
#include "storage/embedded/rocks.hpp"
#include "storage/event_log.hpp"

namespace riq::storage::embedded {

/// The records of [from, stop), at most `max_records`, about 1 MiB. `next` of the batch is at least
/// one further than `from`; it is `stop` when nothing is left before that.
result<record_batch> read_stored(const rocks& db, const partition& where, std::int64_t from,
                                 std::int64_t stop, std::size_t max_records);

/// The records of the window's slabs from `w.from` on, at most `max_records`.
result<record_batch> read_tail(const partition& where, const window& w, std::size_t max_records);

} // namespace riq::storage::embedded
