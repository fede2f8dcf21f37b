#include "engine/offer_code.hpp"

#include "engine/signed_text.hpp"
#include "messages/msgpack.hpp"
#include "messages/parse_context.hpp"

namespace riq::engine {
namespace {

constexpr std::string_view purpose = "code:";

} // namespace

std::string sign_code(const offer_code& c, std::string_view secret) {
  return sign_text(to_msgpack(c), purpose, secret);
}

result<offer_code> verify_code(std::string_view text, std::string_view secret) {
  const error unknown{ec::not_found, "code", "no offer has this code"};
  if (text.size() > limits::decision_id) return unknown;
  const auto payload = open_text(text, purpose, secret);
  if (!payload) return unknown;
  auto c = from_msgpack<offer_code>(*payload);
  if (!c) return unknown;
  return c;
}

} // namespace riq::engine
