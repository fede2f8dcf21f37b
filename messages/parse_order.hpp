#pragma once
// Reading orders and their cancellations.

#include <string>
#include <string_view>

#include "messages/error.hpp"
#include "messages/event.hpp"
#include "messages/parse_context.hpp"

namespace riq {

/// Reads one order into an event whose `what` is an `order`. The event id defaults to
/// `order:<orderId>:<STATUS>`, so that a retry of the same order counts once whatever the caller
/// sends along. A total that is off the lines' sum by more than a cent a line and 0.5 % is refused
/// with both numbers. Errors name the field, such as `items[2].price`. Any thread.
result<event> parse_order(std::string_view json, const parse_context& context);

/// Reads the body of POST /api/orders/{orderId}/cancel: `{"userId"}` with optional `timestamp` and
/// `eventId`. The event is an `order` of status cancelled, without lines.
result<event> parse_cancel(std::string_view order_id, std::string_view json,
                           const parse_context& context);

/// A cancellation as an order record of `order-topic`: what the gateway appends for the body that
/// `parse_cancel` read, and `parse_order` reads again.
std::string cancel_record(const event& cancellation);

} // namespace riq
