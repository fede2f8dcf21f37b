#pragma once
// What a user was shown, and whether they then met it. Remembered in memory only: being shown a
// list is no event, so this is no part of a user's state, and a user who leaves memory forgets it.

#include <array>
#include <cstdint>
#include <vector>

#include "messages/analytics_counts.hpp"
#include "messages/analytics_note.hpp"

namespace riq::engine::analytics {

inline constexpr std::int64_t shown_window_ms = 30 * 60'000;

/// One or more lists, in numbers.
struct shown_summary {
  std::int64_t lists = 0;
  std::int64_t items = 0;
  std::array<std::int64_t, source_kinds> by_source{};
  std::array<std::int64_t, reason_kinds> by_reason{};
  unique_count distinct;
};

/// The items of a user's last lists, the newest last; at most `most`.
class shown_items {
 public:
  static constexpr std::size_t most = 40;

  struct item {
    std::uint64_t product = 0; ///< hash
    std::int64_t time = 0;
    std::uint8_t sources = 0;
    reason_kind reason = reason_kind::other;
    bool clicked = false;
    bool converted = false;
  };

  bool empty() const { return items_.empty(); }

  /// A list begins: what gets too much is forgotten, the oldest first.
  void make_room(std::size_t items);
  void add(const item& i) { items_.push_back(i); }

  /// The user met the product at `time`. Adds to `outcomes` when it was shown within the window
  /// before and that is the first time for its list.
  void met(std::uint64_t product, std::int64_t time, bool converts,
           std::vector<shown_outcome>& outcomes);

 private:
  std::vector<item> items_;
};

} // namespace riq::engine::analytics
