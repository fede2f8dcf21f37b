#include "engine/decision_token.hpp"

#include "engine/signed_text.hpp"
#include "messages/msgpack.hpp"
#include "messages/parse_context.hpp"

namespace riq::engine {
namespace {

constexpr std::string_view purpose; // the first kind of signed text there was

} // namespace

std::string sign(const decision& d, std::string_view secret) {
  return sign_text(to_msgpack(d), purpose, secret);
}

result<decision> verify(std::string_view token, std::string_view secret) {
  const error bad{ec::invalid, "decisionId", "use a decisionId as GET /api/offers returned it"};
  if (token.size() > limits::decision_id) return bad;
  const auto payload = open_text(token, purpose, secret);
  if (!payload) return bad;
  auto d = from_msgpack<decision>(*payload);
  if (!d) return bad;
  return d;
}

} // namespace riq::engine
