#pragma once
// Snapshots on their way to the state store: waiting for the next commit, or in the one under way.
// Until a snapshot is stored it is also the newest state of a user who has left memory.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "messages/text_map.hpp"
#include "storage/state_store.hpp"

namespace riq {

class snapshot_buffer {
 public:
  struct snapshot {
    std::string bytes;             ///< empty: the user was erased
    std::int64_t applied = -1;     ///< holds up to this offset
    std::int64_t first_dirty = -1; ///< oldest change that only this holds
    std::int64_t due = 0;
    std::int64_t old_due = 0; ///< the wake-up that the store has
  };

  /// Keeps the newer state of the user; an older one that waits is replaced.
  void put(const std::string& user, snapshot s);

  /// The newest bytes that are not stored yet.
  const snapshot* find(std::string_view user) const;

  /// Starts a commit with the snapshots that hold nothing beyond `passed_on` (what they caused
  /// outside their user has been appended to the log up to there). Not while one is under way.
  std::vector<storage::state_write> begin(std::int64_t passed_on);

  /// The commit was stored, or was not and will be tried again.
  void succeeded() { storing_.clear(); }
  void failed();

  /// The oldest change that is in no stored snapshot, among those that wait; -1: none. What the
  /// commit under way holds does not count: it becomes durable with the position.
  std::int64_t oldest_waiting() const;

  bool under_way() const { return !storing_.empty(); }
  bool empty() const { return waiting_.empty() && storing_.empty(); }
  std::size_t size() const { return waiting_.size() + storing_.size(); }

 private:
  text_map<snapshot> waiting_;
  text_map<snapshot> storing_;
};

} // namespace riq
