#pragma once
// Where actors put what people watch live. They ask `wanted` first, so that nothing is made while
// nobody listens.

#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "config/fields.hpp"

namespace riq {

enum class live_kind : std::uint8_t { event, recommendations, offer, outcome, analytics, health };
constexpr auto enum_names(live_kind) {
  return std::array<std::string_view, 6>{"event",   "recommendations", "offer",
                                         "outcome", "analytics",       "health"};
}

/// One thing that happened, with what listeners choose by.
struct live_item {
  live_kind kind = live_kind::event;
  std::string user;     ///< empty: of nobody
  std::string type;     ///< of an event, as event_kind's names
  std::string category; ///< of an event's item, may be empty
  std::string data;     ///< JSON in one line
};

class live_feed {
 public:
  virtual ~live_feed() = default;

  /// Whether somebody listens, or did a short time ago. Any thread.
  bool wanted() const { return wanted_.load(std::memory_order_relaxed); }

  /// How many of so many events may be published now; what is beyond is left out. Any thread.
  virtual std::size_t admit(std::size_t wanted) = 0;

  /// Any thread; copies nothing and waits for no listener.
  virtual void publish(std::vector<live_item> items) = 0;

 protected:
  std::atomic<bool> wanted_{false};
};

} // namespace riq
