#pragma once
// The position token a POST returns and `?after=` takes: where in the raw topics a write landed.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "messages/error.hpp"
#include "messages/event.hpp"

namespace riq {

struct position {
  source from = source::activity;
  std::int32_t partition = 0;
  std::int64_t offset = -1;
  auto operator<=>(const position&) const = default;
};

/// `a3-1287`: source letter (a activity, o order, f offer), partition, offset. Several are joined
/// by dots: `a3-1287.o3-55`.
std::string to_token(const std::vector<position>& positions);

/// Reads a token; `ec::invalid` with field `after` when it is none.
result<std::vector<position>> parse_token(std::string_view text);

} // namespace riq
