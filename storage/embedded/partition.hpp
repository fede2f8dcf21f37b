#pragma once
// One partition in memory: its offsets, its tail, and who follows it.
//
// A slab is what one append call puts into one partition. From its append on it lies in the tail;
// when the writer has stored it, it may be evicted, oldest first. Slabs are written in the order of
// the tail, so the tail is a stored part followed by an unstored one. Readable is what lies before
// the first unstored slab that asked for a sync.

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "storage/embedded/segments.hpp"
#include "storage/event_log.hpp"

namespace riq::storage::embedded {

struct slab {
  std::int64_t base = 0; ///< set by partition::append, constant afterwards
  std::uint32_t count = 0;
  durability safety = durability::synced;
  std::string records; ///< encoded one after the other
  std::int64_t end() const { return base + count; }
};

using slab_ptr = std::shared_ptr<slab>;

/// Is told that more may be readable. Called without any lock held.
class listener {
 public:
  virtual ~listener() = default;
  virtual void wake() = 0;
};

/// What a follower finds at its position.
struct window {
  enum class place : std::uint8_t { nothing, tail, behind };
  place where = place::nothing;
  std::vector<slab_ptr> slabs; ///< for `tail`: cover `from`, or begin after a gap
  std::int64_t from = 0;       ///< the position, moved up to what is still kept
  std::int64_t stop = 0;       ///< of the tail: where the slabs end; behind: where the tail begins
  std::int64_t end = 0;        ///< of what is readable
};

class partition {
 public:
  partition(topic_partition where, std::uint32_t topic, bool compacted)
    : where(std::move(where)), topic(topic), compacted(compacted) {}

  const topic_partition where;
  const std::uint32_t topic;
  const bool compacted;

  /// Belongs to the writer's thread (to `open`, before that runs).
  struct {
    std::vector<slab_ptr> group; ///< what the group being written has for this partition
    segment_list segments;       ///< of a topic that is not compacted
    std::uint64_t dirty = 0;     ///< of a compacted one: bytes since it was cleaned
    std::uint64_t clean = 0;     ///< what cleaning left
    std::int64_t cleaned_until = 0;
    std::int64_t cleaned_at = 0; ///< epoch milliseconds; in this life of the process
  } writer;

  /// Sets what the database holds, before anything else is called.
  void restore(offset_range range);

  /// Gives the slab the next offsets. True when it is readable at once.
  bool append(const slab_ptr& data);

  /// All slabs that end at or before `end` are stored. Evicts down to `tail_bytes`.
  void written(std::int64_t end, std::size_t tail_bytes);

  /// An unstored slab that never was readable is given up. Its offsets stay a gap, because a
  /// failed write may still have left it in the write-ahead log.
  void drop(const slab_ptr& data);

  /// Nothing before `begin` is kept any more.
  void advance_begin(std::int64_t begin);

  offset_range range() const;
  std::int64_t written_end() const;
  std::int64_t next() const;

  /// What can be read at `from`: at most about `records` of the tail.
  window look(std::int64_t from, std::size_t records) const;

  void add(std::shared_ptr<listener> who);
  void remove(const listener* who);
  void wake() const;
  std::vector<std::shared_ptr<listener>> listeners() const;

 private:
  using listener_list = std::vector<std::shared_ptr<listener>>;
  void settle();

  mutable std::mutex mutex_;
  std::int64_t begin_ = 0;
  std::int64_t next_ = 0;     // of the next append
  std::int64_t readable_ = 0; // end of what followers may see
  std::int64_t written_ = 0;  // end of what the database holds
  std::int64_t evicted_ = 0;  // before it, ask the database
  std::deque<slab_ptr> tail_;
  std::size_t stored_ = 0;    // slabs of the tail that are stored, they come first
  bool synced_waits_ = false; // an unstored slab that asked for a sync is in the tail
  std::size_t tail_bytes_ = 0;
  std::shared_ptr<const listener_list> listeners_ = std::make_shared<listener_list>();
};

} // namespace riq::storage::embedded
