#pragma once
// The last events that were accepted, for the status page. Not a log: when two io threads meet
// here, one of them goes on without noting.
//
// Threading: any thread.

#include "messages/event.hpp"
#include "messages/json.hpp"

#include <array>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

namespace riq::gateway {

class recent_events {
 public:
  void note(const event& e);

  /// Writes a list, the newest first.
  void write(json_writer& w) const;

 private:
  struct entry {
    std::int64_t time = 0;
    std::string user_id;
    std::string_view type;
    std::string subject; ///< product, query or order
  };

  static constexpr std::size_t kept = 32;

  mutable std::mutex mutex_;
  std::array<entry, kept> entries_; ///< guarded by mutex_
  std::uint64_t next_ = 0;          ///< guarded by mutex_
};

} // namespace riq::gateway
