#pragma once
// What a call to a target looks like, and how long to wait for the next. Pure.

#include <cstdint>
#include <string>
#include <string_view>

#include "config/trigger_settings.hpp"
#include "engine/random.hpp"
#include "messages/webhook_port.hpp"

namespace riq {

/// `t=1700000000,v1=HEX`: HMAC-SHA-256 over `SECONDS.BODY`, so that a receiver can refuse both a
/// body that was changed and a call that is replayed later.
std::string webhook_signature(std::string_view secret, std::int64_t seconds, std::string_view body);

webhook_call call_of(const webhook_settings& target, std::uint64_t number, std::string_view id,
                     std::string_view body, std::uint32_t attempt, std::int64_t now_ms);

/// Milliseconds before the next try, after `attempts` failed ones: doubled each time, and drawn
/// from the upper half, so that what failed together does not come back together.
std::int64_t backoff_ms(const webhook_settings& target, std::uint32_t attempts,
                        engine::random_source& random);

} // namespace riq
