#pragma once
// How a partition's stored bytes are spread over its offsets, coarsely: closed segments, oldest
// first, then the open one. Retention deletes whole segments, so it reads nothing from the disk.
// Belongs to the writer's thread.

#include <algorithm>
#include <cstdint>
#include <deque>
#include <vector>

namespace riq::storage::embedded {

struct segment {
  std::int64_t base = 0; ///< [base, end) are the offsets of its batches
  std::int64_t end = 0;
  std::uint64_t bytes = 0;
  std::int64_t newest = 0; ///< when its last batch was appended, epoch milliseconds
};

struct segment_list {
  std::deque<segment> closed;
  segment open;
  std::uint64_t total = 0;                       ///< bytes of all
  std::uint64_t target = std::uint64_t{1} << 20; ///< a segment is closed when it has that many
  std::vector<segment> unsaved;                  ///< closed, but not yet in the database

  /// Retention is exact to an eighth of its bound.
  void set_retention(std::uint64_t bytes) {
    constexpr auto most = std::uint64_t{1} << 20;
    constexpr auto least = std::uint64_t{4} << 10;
    target = bytes == 0 ? most : std::clamp(bytes / 8, least, most);
  }

  void add(std::int64_t base, std::int64_t end, std::uint64_t bytes, std::int64_t now) {
    if (open.bytes == 0) open.base = base;
    open.end = end;
    open.bytes += bytes;
    open.newest = std::max(open.newest, now);
    total += bytes;
    if (open.bytes < target) return;
    closed.push_back(open);
    unsaved.push_back(open);
    open = {};
  }
};

} // namespace riq::storage::embedded
