#include "actors/country_lookup.hpp"

#include <filesystem>
#include <system_error>

#include <maxminddb.h>

namespace riq {

struct country_lookup::database {
  MMDB_s handle{};
  ~database() { MMDB_close(&handle); }
};

country_lookup::country_lookup() = default;
country_lookup::~country_lookup() = default;

error country_lookup::open(const std::string& path) {
  std::error_code unreadable;
  if (!std::filesystem::exists(path, unreadable))
    return {ec::not_found, "processor.country_database", "no file " + path};
  MMDB_s handle{};
  if (const auto failed = MMDB_open(path.c_str(), MMDB_MODE_MMAP, &handle); failed != MMDB_SUCCESS)
    return {ec::corrupt, "processor.country_database",
            path + " is no country database: " + MMDB_strerror(failed)};
  database_ = std::make_unique<database>();
  database_->handle = handle;
  return {};
}

std::string country_lookup::of(const std::string& address) const {
  if (!database_ || address.empty()) return {};
  int no_address = 0;
  int failed = 0;
  auto found = MMDB_lookup_string(&database_->handle, address.c_str(), &no_address, &failed);
  if (no_address != 0 || failed != MMDB_SUCCESS || !found.found_entry) return {};
  // City and country databases nest the code, the plain country databases have it on top.
  MMDB_entry_data_s data{};
  const auto read = [&](auto... path) {
    return MMDB_get_value(&found.entry, &data, path..., nullptr) == MMDB_SUCCESS && data.has_data &&
           data.type == MMDB_DATA_TYPE_UTF8_STRING;
  };
  if (read("country_code") || read("country", "iso_code"))
    return std::string(data.utf8_string, data.data_size);
  return {};
}

} // namespace riq
