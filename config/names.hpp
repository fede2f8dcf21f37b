#pragma once
// Names of settings: all of them, their names in the environment, and the nearest to a wrong one.

#include <string>
#include <string_view>
#include <vector>

namespace riq {

/// Every setting as `section.key`, in the order of the field lists. What holds tables of its own
/// (`auth.keys`, `campaigns`) is one setting.
const std::vector<std::string>& setting_names();

/// The variables that give a setting, weakest first: the seed system's names of it, then
/// `RETARGETIQ_SECTION_KEY`.
std::vector<std::string> environment_names(std::string_view setting);

/// `, did you mean "x"?` when one of the known names is near, else empty.
std::string suggestion(std::string_view wrong, const std::vector<std::string>& known);

} // namespace riq
