#include "actors/zone_table.hpp"

#include <array>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <utility>

#include <cctz/time_zone.h>

#include "messages/text_map.hpp"

namespace riq {
namespace {

// The most people of these countries live in a zone that is not the first of zone.tab.
constexpr std::array<std::pair<std::string_view, std::string_view>, 24> populous{{
  {"AR", "America/Argentina/Buenos_Aires"},
  {"AU", "Australia/Sydney"},
  {"BR", "America/Sao_Paulo"},
  {"CA", "America/Toronto"},
  {"CD", "Africa/Kinshasa"},
  {"CL", "America/Santiago"},
  {"CN", "Asia/Shanghai"},
  {"CY", "Asia/Nicosia"},
  {"DE", "Europe/Berlin"},
  {"EC", "America/Guayaquil"},
  {"ES", "Europe/Madrid"},
  {"FM", "Pacific/Chuuk"},
  {"GL", "America/Nuuk"},
  {"ID", "Asia/Jakarta"},
  {"KI", "Pacific/Tarawa"},
  {"KZ", "Asia/Almaty"},
  {"MN", "Asia/Ulaanbaatar"},
  {"MX", "America/Mexico_City"},
  {"MY", "Asia/Kuala_Lumpur"},
  {"NZ", "Pacific/Auckland"},
  {"PT", "Europe/Lisbon"},
  {"RU", "Europe/Moscow"},
  {"US", "America/New_York"},
  {"UZ", "Asia/Tashkent"},
}};

/// `+02:00`, `-0330`, `+5`; a day at most.
std::optional<std::int32_t> fixed_offset(std::string_view text) {
  if (text.size() < 2 || (text[0] != '+' && text[0] != '-')) return {};
  std::string digits;
  for (const char c : text.substr(1)) {
    if (c >= '0' && c <= '9')
      digits += c;
    else if (c != ':')
      return {};
  }
  if (digits.empty() || digits.size() > 4) return {};
  const auto number = std::atoi(digits.c_str());
  const auto minutes = digits.size() > 2 ? number / 100 * 60 + number % 100 : number * 60;
  if (minutes > 24 * 60) return {};
  return (text[0] == '-' ? -60 : 60) * minutes;
}

bool is_zone_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::array<char, 4> magic{};
  return in.read(magic.data(), magic.size()) &&
         std::string_view{magic.data(), magic.size()} == "TZif";
}

} // namespace

struct zone_table::table {
  text_map<cctz::time_zone> zones;
  text_map<cctz::time_zone> countries;
  cctz::time_zone otherwise = cctz::utc_time_zone();

  void load_zones(const std::filesystem::path& folder) {
    std::error_code failed;
    std::filesystem::recursive_directory_iterator each{folder, failed};
    for (; !failed && each != std::filesystem::recursive_directory_iterator{};
         each.increment(failed)) {
      const auto name = each->path().lexically_relative(folder).generic_string();
      if (name.starts_with("posix/") || name.starts_with("right/")) continue;
      if (!each->is_regular_file(failed) || !is_zone_file(each->path())) continue;
      cctz::time_zone zone;
      if (cctz::load_time_zone("file:" + each->path().string(), &zone)) zones.emplace(name, zone);
    }
  }

  void load_countries(const std::filesystem::path& folder) {
    for (const auto& [country, name] : populous) use(country, name);
    std::ifstream in(folder / "zone.tab");
    for (std::string line; std::getline(in, line);) {
      if (line.size() < 3 || line[0] == '#') continue;
      const auto from = line.find('\t', 3) + 1;
      const auto to = line.find('\t', from);
      use(std::string_view{line}.substr(0, 2),
          std::string_view{line}.substr(from, to == std::string::npos ? to : to - from));
    }
  }

  void use(std::string_view country, std::string_view name) {
    if (const auto zone = zones.find(name); zone != zones.end())
      countries.try_emplace(std::string{country}, zone->second);
  }
};

zone_table::zone_table() : table_(std::make_unique<table>()) {}
zone_table::~zone_table() = default;

error zone_table::load(const std::string& folder, const std::string& otherwise) {
  table_->load_zones(folder);
  table_->load_countries(folder);
  if (otherwise == "UTC") return {};
  const auto found = table_->zones.find(otherwise);
  if (found == table_->zones.end())
    return {ec::invalid, "triggers.time_zone",
            "\"" + otherwise + "\" is no time zone of " + folder};
  table_->otherwise = found->second;
  return {};
}

bool zone_table::knows(std::string_view zone) const {
  return fixed_offset(zone) || table_->zones.find(zone) != table_->zones.end();
}

std::int32_t zone_table::offset_sec(std::string_view zone, std::string_view country,
                                    std::int64_t at) const {
  if (const auto fixed = fixed_offset(zone)) return *fixed;
  const auto* where = &table_->otherwise;
  if (const auto named = table_->zones.find(zone); named != table_->zones.end())
    where = &named->second;
  else if (const auto usual = table_->countries.find(country); usual != table_->countries.end())
    where = &usual->second;
  const std::chrono::system_clock::time_point moment{std::chrono::milliseconds{at}};
  return where->lookup(moment).offset;
}

} // namespace riq
