#pragma once
// Batches of the log that are being applied by the users of a shard. Users finish in any order;
// batches complete in the log's. Plain data, used by the shard only.

#include <cstdint>
#include <deque>
#include <vector>

#include "messages/item.hpp"
#include "messages/local.hpp"

namespace riq {

/// What a batch's users want published beside the updates.
struct batch_reports {
  std::vector<trigger_report> triggers;
  std::vector<expiry_report> expired;
  bool empty() const { return triggers.empty() && expired.empty(); }
};

class batch_tracker {
 public:
  struct batch {
    std::uint64_t number = 0;
    std::int64_t next = 0;       ///< the offset that follows the batch
    std::size_t records = 0;     ///< credit to grant when it is done
    std::size_t outstanding = 0; ///< users that have not answered yet
    std::vector<numbered_update> updates;
    std::vector<applied_part> parts; ///< of each user, in the order in which they finished
    batch_reports reports;
  };

  /// Opens a batch that `users` will answer for, and returns its number.
  std::uint64_t open(std::int64_t next, std::size_t records, std::size_t users);

  /// The number that `open` returns next.
  std::uint64_t upcoming() const { return next_number_; }

  /// One user has applied its part of batch `number`.
  void finished(std::uint64_t number, std::vector<numbered_update> updates, applied_part part = {},
                batch_reports reports = {});

  /// Records of the complete batches that come before every other.
  std::size_t complete_records() const;
  /// Whether one of those has reports.
  bool complete_reports() const;

  /// Those batches as one, with the number of the last, and its updates and triggers in offset
  /// order; null when there are none.
  batch* complete();

  /// Ends what `complete` returned.
  void pop() { open_.pop_front(); }

  bool empty() const { return open_.empty(); }

 private:
  static void sort(batch& b);

  std::deque<batch> open_;
  std::uint64_t next_number_ = 1;
};

} // namespace riq
