#pragma once
// The state store port: what the shards keep between two lives of a process. A shard's entities
// (user snapshots, aggregates) are stored together with the position of the log up to which they
// hold, in one atomic commit.
//
// Threading: as in event_log.hpp. Reads are answered from threads of the adapter.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/error.hpp"
#include "messages/records.hpp"

namespace riq::storage {

using riq::due_entry;

struct state_write {
  std::string key;
  std::optional<std::string> value; ///< nothing: erase
  std::int64_t due = 0;     ///< the key's one wake-up from now on, 0: none; replaces the old one
  std::int64_t old_due = 0; ///< the wake-up it had, 0: none
};

/// One shard's commit: all of it or nothing.
struct state_commit {
  std::int32_t shard = 0;
  std::vector<state_write> writes;
  std::int64_t position = -1; ///< the offset to go on from after a restart
};

using load_done = std::function<void(result<std::vector<std::optional<std::string>>>)>;
using due_done = std::function<void(result<std::vector<due_entry>>)>;
using scan_done = std::function<void(result<std::vector<std::pair<std::string, std::string>>>)>;

class state_store {
 public:
  virtual ~state_store() = default;

  /// The values of the keys in their order, nothing for a key that has none.
  virtual error load(std::int32_t shard, std::vector<std::string> keys, load_done done) = 0;

  /// Stores the commit after everything that this thread appended to the log or committed before,
  /// and calls `done` with an error, or none, when it is written. It is lazily synced: a crash may
  /// take it back, but only together with all that came after it.
  virtual error commit(state_commit batch, std::function<void(error)> done) = 0;

  /// The position of the shard's last commit, -1 when it has none. Blocks: for start-up only.
  virtual std::int64_t position(std::int32_t shard) const = 0;

  /// At most `limit` wake-ups with `due <= until`, oldest first, after `from` (exclusive).
  virtual error due(std::int32_t shard, due_entry from, std::int64_t until, std::size_t limit,
                    due_done done) = 0;

  /// At most `limit` entries in key order after `from` (exclusive; empty: from the first).
  virtual error scan(std::int32_t shard, std::string from, std::size_t limit, scan_done done) = 0;

  /// About how many keys the shard has, and how many bytes everything takes on disk. As measured
  /// last, some seconds ago: the answer comes from memory.
  virtual std::uint64_t approximate_keys(std::int32_t shard) const = 0;
  virtual std::uint64_t bytes_on_disk() const = 0;
};

} // namespace riq::storage
