#pragma once
// Questions that wait until the shard has passed a position of the raw topics on to its users.

#include <array>
#include <cstdint>
#include <functional>
#include <vector>

#include "messages/event.hpp"

namespace riq {

class position_waiters {
 public:
  /// Called once: with true when the wait ran out.
  using waiter = std::function<void(bool stale)>;

  /// The raw offsets a question asks for, by source; -1: none.
  using offsets = std::array<std::int64_t, source_count>;

  /// What has been passed on so far.
  void passed(source from, std::int64_t offset) {
    auto& seen = seen_[static_cast<std::size_t>(from)];
    if (offset > seen) seen = offset;
  }

  bool reached(const offsets& wanted) const;

  void add(const offsets& wanted, std::int64_t deadline, waiter done);

  /// Lets those go whose position was reached, and those whose deadline (ms) has passed.
  void release(std::int64_t now);

  std::size_t size() const { return waiting_.size(); }

 private:
  struct entry {
    offsets wanted;
    std::int64_t deadline;
    waiter done;
  };
  offsets seen_{-1, -1, -1, -1};
  std::vector<entry> waiting_;
};

} // namespace riq
