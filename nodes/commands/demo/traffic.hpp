#pragma once
// Keeps a shop full of shoppers: a rate of events that follows the hour of the day.

#include <chrono>
#include <cstdint>
#include <vector>

#include "nodes/commands/demo/shopper.hpp"

namespace riq::commands {

/// How busy the shop is at this hour, about 1 over a day: quiet at night, busiest in the evening.
double season_of(double hour);

struct traffic_options {
  std::uint64_t seed = 1;
  std::size_t users = 500;
  double rate = 20;                 ///< events a second, on the average of a day
  std::chrono::seconds duration{0}; ///< 0: until interrupted
};

/// Runs until interrupted or over; tells every 10 s how it goes.
void run_traffic(const traffic_options& options, const catalogue& shop, const node_address& node);

} // namespace riq::commands
