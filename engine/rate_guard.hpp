#pragma once
// Refuses what no person can do: more events of one user in ten seconds of event time than allowed.

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace riq::engine {

/// A sliding window of ten buckets of a second for each user, in a table of fixed size. When too
/// many users share a slot the one whose newest event is oldest is forgotten, which can only let
/// events pass. The verdicts depend on the order of the calls alone. One owner, no locks.
class rate_guard {
 public:
  static constexpr std::size_t window_sec = 10;
  static constexpr std::size_t ways = 8;

  /// `limit` events in any ten seconds, 0: any number. `users` are remembered at least, 64 bytes
  /// each.
  explicit rate_guard(std::uint32_t limit, std::size_t users = 16'384);

  /// Counts an event of the user at `time` (epoch ms); false when it is one too many. Refused
  /// events count too, so that a user who does not stop stays refused. An event older than the
  /// user's window passes.
  bool admit(std::string_view user_id, std::int64_t time);

 private:
  struct entry {
    std::uint64_t user = 0;  ///< hashed; 0: free
    std::int64_t newest = 0; ///< second of the newest event
    std::array<std::uint32_t, window_sec> counts{};
  };
  entry& entry_for(std::uint64_t user, std::int64_t second);

  std::uint32_t limit_;
  std::uint64_t mask_;
  std::vector<entry> table_;
};

} // namespace riq::engine
