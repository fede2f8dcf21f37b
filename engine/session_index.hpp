#pragma once
// The recent sessions, findable by the items met in them: what session neighbours are taken from.

#include <cstdint>
#include <span>
#include <vector>

#include "engine/chunked.hpp"
#include "engine/id_table.hpp"
#include "engine/item_ref.hpp"
#include "engine/prefetch.hpp"
#include "messages/item.hpp"

namespace riq::engine {

/// Kinds of contact as a bit set.
inline std::uint8_t bit_of(touch_kind kind) {
  return static_cast<std::uint8_t>(1U << int(kind));
}

/// An item within a session: its newest contact, and all kinds of contact so far.
struct visit {
  item_ref item;
  std::uint32_t kinds = 0; ///< bit_of(touch_kind)
  std::int64_t time = 0;
};

/// A session of somebody, with its last `max_visits` distinct items, oldest first.
struct indexed_session {
  std::uint64_t key = 0;
  std::uint64_t user = 0; ///< 0: unknown
  std::int64_t last = 0;
  std::uint32_t generation = 0;
  std::uint32_t older = id_table::none; ///< the user's sessions as a list, newest made first
  std::uint32_t newer = id_table::none;
  bool live = false;
  bool queued = false; ///< the eviction queue holds this index
  std::vector<visit> visits;
};

/// An item's appearance in a session. Stale when the session has another generation by now.
struct posting {
  std::int64_t time = 0; ///< first contact in that session
  std::uint32_t session = 0;
  std::uint32_t generation = 0;
};

/// Bounded in sessions: the one that is idle longest, by event time, gives way. Each item knows its
/// newest `max_postings` sessions. Postings are ordered by event time, so that the order in which
/// partitions arrive does not matter.
class session_index {
 public:
  static constexpr std::size_t max_visits = 30;
  static constexpr std::size_t max_postings = 256;

  explicit session_index(std::size_t max_sessions);

  /// Index of the session, `id_table::none` when it is not held.
  std::uint32_t find(std::uint64_t session_key) const { return by_key_.find(session_key); }
  /// Hints that the item is about to be added to the session, each step for what the one before it
  /// brought near. Either may be `id_table::none`.
  void foresee(std::uint64_t session_key) const { by_key_.foresee(session_key); }
  void foresee(std::uint32_t session, std::uint32_t item) const {
    if (session != id_table::none) prefetch(sessions_[session]);
    if (item < postings_.size()) prefetch(postings_[item]);
  }
  void foresee_lists(std::uint32_t session, std::uint32_t item) const {
    if (session != id_table::none)
      prefetch(sessions_[session].visits.data(), sessions_[session].visits.size() * sizeof(visit));
    if (item < postings_.size() && !postings_[item].empty()) prefetch(postings_[item].back());
  }
  /// The newest session of the user that is held, `id_table::none`: none is.
  std::uint32_t newest_of(std::uint64_t user_key) const {
    return user_key == 0 ? id_table::none : by_user_.find(user_key);
  }
  const indexed_session& operator[](std::uint32_t session) const { return sessions_[session]; }

  /// Index of the session, which begins now when it is not held.
  std::uint32_t open(std::uint64_t session_key, std::uint64_t user_key, std::int64_t time);

  /// Records a contact. Returns the session with it.
  const indexed_session& add(std::uint32_t session, item_ref item, touch_kind kind,
                             std::int64_t time);

  /// All sessions of the user disappear.
  void forget(std::uint64_t user_key);

  /// The item's sessions, oldest first; the last `max_postings` count.
  std::span<const posting> postings(std::uint32_t item) const;
  bool live(const posting& p) const { return sessions_[p.session].generation == p.generation; }

  /// The item's index is given to another item.
  void clear_item(std::uint32_t item);

  std::size_t size() const { return by_key_.size(); }
  std::size_t memory() const;

 private:
  struct idle {
    std::int64_t since; // a lower bound: checked against the session when it comes up
    std::uint32_t session;
  };

  std::uint32_t create(std::uint64_t session_key, std::uint64_t user_key, std::int64_t time);
  void drop(std::uint32_t session);
  void evict();
  void post(std::uint32_t item, posting p);

  std::size_t max_sessions_;
  chunked<indexed_session> sessions_;
  chunked<std::vector<posting>> postings_; // by item
  std::vector<std::uint32_t> free_;
  std::vector<idle> queue_; // a heap, the longest idle first
  id_table by_key_;
  id_table by_user_;
  std::size_t visits_allocated_ = 0;
  std::size_t postings_allocated_ = 0;
};

} // namespace riq::engine
