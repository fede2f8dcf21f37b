#pragma once
// Who this node is, for as long as it keeps its disk.

#include <string>

#include "config/settings.hpp"
#include "messages/error.hpp"

namespace riq {

/// The content of `node.id` in the data directory: 16 hexadecimal digits, made at the first start.
result<std::string> node_id(const settings& s);

} // namespace riq
