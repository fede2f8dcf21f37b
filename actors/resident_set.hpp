#pragma once
// The users of a shard that are in memory or on their way in or out, by recency of use and by age
// of what is not stored yet. Plain data, used by the shard only.

#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/id_table.hpp"
#include "messages/hashed_text.hpp"
#include "messages/interfaces.hpp"
#include "messages/rare.hpp"

namespace riq {

struct resident {
  enum class phase : std::uint8_t {
    loading, ///< asked of the store; `pending` waits
    live,    ///< has an actor
    leaving, ///< told to passivate; `pending` waits for its last snapshot
  };
  std::string user_id;
  phase state = phase::loading;
  bool snapshot_asked = false;
  user_actor actor;
  std::vector<std::function<void(resident&)>> pending; ///< what to do once it is live
  std::int64_t last_dispatched = -1; ///< offset of the newest event passed on to it
  std::int64_t first_dirty = -1;     ///< offset of the oldest event in no snapshot, -1: clean
  std::int64_t dirty_since = 0;      ///< shard time, ms
  std::int64_t used = 0;             ///< shard time of the last event or question, ms
  std::int64_t stored_due = 0;       ///< the wake-up that the store has or is about to have
  std::uint64_t bytes = 0;           ///< estimate of its memory
  rare<error> damage;                ///< why it can never go live, nothing for all but damaged ones
  std::uint32_t place = 0;           ///< in the set
  std::uint32_t part = 0;            ///< in the newest delivery with events for it …
  std::uint64_t delivery = 0;        ///< … which has this number
  resident* older = nullptr;
  resident* newer = nullptr;
};

class resident_set {
 public:
  resident_set() = default;
  resident_set(const resident_set&) = delete;
  resident_set& operator=(const resident_set&) = delete;

  resident* find(const hashed_text& user);
  /// Hints that these users, by their hashes, are looked up soon. Asking for several at once takes
  /// as long as for one.
  void foresee(std::span<const std::uint64_t> users) const;

  /// Adds a user that is not there, as the most recently used, in phase loading.
  resident& add(const hashed_text& user, std::int64_t now);
  void remove(resident& r);

  /// Makes it the most recently used.
  void touch(resident& r, std::int64_t now);

  /// The one unused for longest, null when there is none.
  resident* oldest() { return oldest_; }

  /// An event at `offset` was passed on to it.
  void dispatched(resident& r, std::int64_t offset, std::int64_t now);
  /// Its snapshot holds everything up to `applied`; returns the oldest event that this made safe,
  /// -1 when the snapshot holds nothing that the one before did not.
  std::int64_t snapshot_taken(resident& r, std::int64_t applied, std::int64_t now);

  /// The dirty one with the oldest event, null when all are clean.
  const resident* oldest_dirty() const;
  const std::set<std::pair<std::int64_t, resident*>>& dirty() const { return dirty_; }

  void resized(resident& r, std::uint64_t bytes);

  std::size_t size() const { return by_id_.size(); }
  std::uint64_t bytes() const { return bytes_; }

  template <class F>
  void for_each(F&& visit) {
    for (auto& r : all_)
      if (r) visit(*r);
  }
  template <class F>
  void for_each(F&& visit) const {
    for (const auto& r : all_)
      if (r) visit(std::as_const(*r));
  }

 private:
  void unlink(resident& r);
  void link_newest(resident& r);

  engine::id_table by_id_; // places in all_, by the id's hash
  std::vector<std::unique_ptr<resident>> all_;
  std::vector<std::uint32_t> free_;
  std::set<std::pair<std::int64_t, resident*>> dirty_;
  resident* oldest_ = nullptr;
  resident* newest_ = nullptr;
  std::uint64_t bytes_ = 0;
};

} // namespace riq
