#pragma once
// The time zones of the system's tz database, by name and by country. Loaded once; any thread may
// ask at any time.

#include <memory>
#include <string>

#include "engine/triggers/zones.hpp"
#include "messages/error.hpp"

namespace riq {

class zone_table final : public engine::time_zones {
 public:
  /// Knows no zone: everybody lives in UTC.
  zone_table();
  ~zone_table() override;

  /// Loads every zone below `folder`, such as /usr/share/zoneinfo, and which countries use which.
  /// `otherwise` is the zone of whom nothing is known; `ec::invalid` when it is none.
  error load(const std::string& folder, const std::string& otherwise);

  std::int32_t offset_sec(std::string_view zone, std::string_view country,
                          std::int64_t at) const override;

  /// Whether the name is a zone, or an offset such as `+02:00`.
  bool knows(std::string_view zone) const;

 private:
  struct table;
  std::unique_ptr<table> table_;
};

} // namespace riq
