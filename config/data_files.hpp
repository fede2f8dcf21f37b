#pragma once
// Where the data lies that the build brought along: the country database, the crawler patterns and
// the built dashboard.

#include <string>
#include <string_view>

namespace riq {

inline constexpr std::string_view country_database_file = "country.mmdb";
inline constexpr std::string_view bot_patterns_file = "crawler-user-agents.json";
inline constexpr std::string_view dashboard_folder = "ui";

/// Path of a brought file: beside the running program in `third-party/`, as the build puts it, or
/// in `../share/retargetiq/`, as an installation does. Empty when it is in neither.
std::string brought_file(std::string_view name);

/// The same for a folder: `NAME/` beside the program, or `../share/retargetiq/NAME/`.
std::string brought_folder(std::string_view name);

} // namespace riq
