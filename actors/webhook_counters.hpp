#pragma once
// How a target is, in figures: written by its actor with each tick, read by the metrics page.

#include <atomic>
#include <cstdint>
#include <string>

namespace riq {

struct webhook_counters {
  explicit webhook_counters(std::string name) : target(std::move(name)) {}
  const std::string target;
  std::atomic<std::uint64_t> delivered{0}; ///< since the start, like the next two
  std::atomic<std::uint64_t> failed_tries{0};
  std::atomic<std::uint64_t> dead{0};
  std::atomic<std::uint64_t> waiting{0};
  std::atomic<std::uint64_t> in_flight{0};
  std::atomic<std::uint64_t> lag{0};          ///< in the topic and not read yet
  std::atomic<std::uint64_t> breaker_open{0}; ///< 1 while the target is left alone
};

} // namespace riq
