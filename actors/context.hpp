#pragma once
// What the users of one shard share. Made by the shard, read by its users from any scheduler
// thread; immutable but for the stream clock.

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "config/settings.hpp"
#include "engine/bandit/campaign.hpp"
#include "engine/model_source.hpp"
#include "engine/triggers/registry.hpp"
#include "engine/triggers/zones.hpp"
#include "messages/live_feed.hpp"

namespace riq {

/// Engine time. `wall`: the system clock. `stream`: the newest event time seen by the shard or the
/// model, so that the replay of an old log answers as if it were then.
class engine_clock {
 public:
  using wall_clock = std::int64_t (*)();

  explicit engine_clock(bool stream, wall_clock wall = system_time)
    : stream_(stream), wall_(wall) {}

  std::int64_t now() const { return stream_ ? newest_.load(std::memory_order_relaxed) : wall_(); }

  /// Only the shard advances it.
  void saw(std::int64_t event_time) {
    if (event_time > newest_.load(std::memory_order_relaxed))
      newest_.store(event_time, std::memory_order_relaxed);
  }

  std::int64_t newest() const { return newest_.load(std::memory_order_relaxed); }
  bool stream() const { return stream_; }

  /// Epoch milliseconds.
  static std::int64_t system_time() {
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
  }

 private:
  bool stream_;
  wall_clock wall_;
  std::atomic<std::int64_t> newest_{0};
};

/// The consumer group whose offsets say how far the raw topics are published.
inline constexpr std::string_view processor_group = "event-processor";

/// Of the whole node.
struct engine_context {
  std::shared_ptr<const settings> config;
  std::shared_ptr<const engine::model_source> model;
  std::shared_ptr<const engine::campaign_source> campaigns;
  std::string token_secret; ///< signs offer decisions
  engine_clock::wall_clock wall = engine_clock::system_time;
  std::shared_ptr<live_feed> feed; ///< who watches, may be nobody
  std::shared_ptr<const engine::trigger_source> triggers =
    std::make_shared<const engine::trigger_source>();
  std::shared_ptr<const engine::time_zones> zones; ///< null: everybody lives in UTC
};

} // namespace riq
