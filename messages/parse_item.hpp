#pragma once
// Reading items of the catalogue.

#include <string_view>

#include "messages/error.hpp"
#include "messages/item.hpp"
#include "messages/parse_context.hpp"

namespace riq {

/// Reads one item. `product_id` is the path's; empty when the body has to tell it. When both tell
/// one, they must agree. Category and brand come out standardised. `to_json` of an item reads back
/// as the same item. Errors as in parse_activity.hpp. Any thread.
result<item> parse_item(std::string_view product_id, std::string_view json);

} // namespace riq
