#pragma once
// The signed id of an offer decision: it says whose and which it was, so that an outcome finds its
// user, and nobody can make one up.

#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>

#include "config/campaign.hpp"
#include "config/fields.hpp"
#include "messages/error.hpp"

namespace riq::engine {

struct decision {
  std::string user_id;
  std::string campaign;
  std::uint32_t campaign_version = 0;
  std::string arm;
  double propensity = 1;
  std::int64_t time = 0; ///< epoch milliseconds
  std::uint64_t nonce = 0;
  std::uint32_t window_hours = 0; ///< in which an outcome counts, 0: the default
  reward_kind reward = reward_kind::outcome;
  double cost = 0;
  double margin_rate = 1;
  static constexpr auto fields() {
    using s = decision;
    return std::tuple{field("userId", &s::user_id),
                      field("campaign", &s::campaign),
                      field("campaignVersion", &s::campaign_version),
                      field("arm", &s::arm),
                      field("propensity", &s::propensity),
                      field("time", &s::time),
                      field("nonce", &s::nonce),
                      field("windowHours", &s::window_hours),
                      field("reward", &s::reward),
                      field("cost", &s::cost),
                      field("marginRate", &s::margin_rate)};
  }
};

/// base64url(msgpack(decision)) '.' base64url(first 16 bytes of HMAC-SHA-256); URL-safe, no
/// padding.
std::string sign(const decision& d, std::string_view secret);

/// `ec::invalid` with field `decisionId` when it is no token of ours.
result<decision> verify(std::string_view token, std::string_view secret);

} // namespace riq::engine
