#pragma once
// The code of an offer that is redeemed once. It says whose it is, of which decision and arm and
// until when, and is signed: it is verified without looking anything up.

#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>

#include "config/fields.hpp"
#include "messages/error.hpp"

namespace riq::engine {

struct offer_code {
  std::string user_id;
  std::string campaign;
  std::string arm;
  std::uint64_t decision = 0; ///< hash of the decision id
  std::int64_t expires = 0;   ///< epoch milliseconds, engine time; still valid at this moment
  static constexpr auto fields() {
    using s = offer_code;
    return std::tuple{field("userId", &s::user_id), field("campaign", &s::campaign),
                      field("arm", &s::arm), field("decision", &s::decision),
                      field("expires", &s::expires)};
  }
};

/// The code as the shopper gets it: a signed text (signed_text.hpp) of the struct in msgpack, some
/// 90 characters for short names.
std::string sign_code(const offer_code& c, std::string_view secret);

/// `ec::not_found` with field `code` when it is none of ours. Whether it is still valid is another
/// question.
result<offer_code> verify_code(std::string_view text, std::string_view secret);

} // namespace riq::engine
