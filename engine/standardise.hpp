#pragma once
// The last step before an event is published: what a parsed record lacks or exaggerates is put
// right, so that everything behind the event processor can rely on it.

#include <cstdint>
#include <string>
#include <string_view>

#include "config/settings.hpp"
#include "messages/event.hpp"

namespace riq::engine {

/// What is known of a record beside its text.
struct arrival {
  std::int64_t received = 0; ///< epoch ms when the gateway, else the log, took it
  std::string_view country;  ///< ISO 3166-1 alpha-2 of the client's address, empty: unknown
  source from = source::activity;
  std::int32_t partition = 0;
  std::int64_t offset = -1;
};

/// Makes a parsed event what is published:
/// - `time` within [received − max_past_days, received + max_future_sec]; 0 days means any age;
/// - `received` and the source position from the arrival, the country in capitals;
/// - an order without a currency gets the shop's;
/// - an event without an id gets one made from its source position, so that it is the same whenever
///   the record is processed.
void standardise(event& e, const arrival& how, const processor_settings& settings);

} // namespace riq::engine
