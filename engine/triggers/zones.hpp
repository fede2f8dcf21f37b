#pragma once
// What the engine asks about time zones; who answers has the tables.

#include <cstdint>
#include <string_view>

namespace riq::engine {

class time_zones {
 public:
  virtual ~time_zones() = default;

  /// Seconds east of UTC at the moment `at` (epoch ms), of the zone (IANA name, or `+02:00`), else
  /// of the country (ISO 3166-1 alpha-2), else of the configured default. Any thread.
  virtual std::int32_t offset_sec(std::string_view zone, std::string_view country,
                                  std::int64_t at) const = 0;
};

} // namespace riq::engine
