#include "actors/country_lookup.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <system_error>

#include <arpa/inet.h>
#include <maxminddb.h>

namespace riq {

namespace {

/// Ranges that no country has (RFC 6890): this host, private, shared by a carrier's customers, link
/// local, benchmarks, reserved. Databases place some of them all the same, and behind a proxy or in
/// a container every shopper would come from there.
bool in_no_country(std::uint32_t address) {
  struct range {
    std::uint32_t base;
    unsigned bits;
  };
  constexpr std::array<range, 9> ranges{{{0x00000000, 8},
                                         {0x0a000000, 8},
                                         {0x64400000, 10},
                                         {0x7f000000, 8},
                                         {0xa9fe0000, 16},
                                         {0xac100000, 12},
                                         {0xc0a80000, 16},
                                         {0xc6120000, 15},
                                         {0xf0000000, 4}}};
  return std::any_of(ranges.begin(), ranges.end(),
                     [&](const range& r) { return ((address ^ r.base) >> (32 - r.bits)) == 0; });
}

/// The same of IPv6: this host, unique local, link local.
bool in_no_country(const in6_addr& address) {
  return IN6_IS_ADDR_LOOPBACK(&address) || IN6_IS_ADDR_UNSPECIFIED(&address) ||
         IN6_IS_ADDR_LINKLOCAL(&address) || (address.s6_addr[0] & 0xfe) == 0xfc;
}

/// The address as the database wants it, an IPv4 address that is written as an IPv6 one as what it
/// is; empty for what is no address or in no country.
std::string placeable(const std::string& text) {
  in_addr four{};
  in6_addr six{};
  if (inet_pton(AF_INET6, text.c_str(), &six) == 1) {
    if (!IN6_IS_ADDR_V4MAPPED(&six)) return in_no_country(six) ? std::string{} : text;
    std::memcpy(&four, &six.s6_addr[12], sizeof four);
  } else if (inet_pton(AF_INET, text.c_str(), &four) != 1) {
    return {};
  }
  if (in_no_country(ntohl(four.s_addr))) return {};
  std::array<char, INET_ADDRSTRLEN> plain{};
  return inet_ntop(AF_INET, &four, plain.data(), plain.size());
}

} // namespace

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
  const auto place = database_ ? placeable(address) : std::string{};
  if (place.empty()) return {};
  int no_address = 0;
  int failed = 0;
  auto found = MMDB_lookup_string(&database_->handle, place.c_str(), &no_address, &failed);
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
