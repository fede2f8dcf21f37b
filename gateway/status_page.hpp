#pragma once

#include <string_view>

namespace riq::gateway {

/// ui/status/index.html as it was when the program was built.
std::string_view status_page();

} // namespace riq::gateway
