#pragma once
// HOST:PORT.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace riq {

struct endpoint {
  std::string host;
  std::uint16_t port = 0;
};

/// Nothing for what is not HOST:PORT with a port from 1 on; a version 6 address is [::1]:8080.
std::optional<endpoint> parse_endpoint(std::string_view text);

} // namespace riq
