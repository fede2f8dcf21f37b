#include "actors/webhook_call.hpp"

#include <algorithm>
#include <array>

#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace riq {

std::string webhook_signature(std::string_view secret, std::int64_t seconds,
                              std::string_view body) {
  const auto stamp = std::to_string(seconds);
  const auto text = stamp + "." + std::string{body};
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), &size);
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out = "t=" + stamp + ",v1=";
  for (unsigned int i = 0; i < size; ++i) {
    out += digits[digest[i] >> 4];
    out += digits[digest[i] & 15];
  }
  return out;
}

webhook_call call_of(const webhook_settings& target, std::uint64_t number, std::string_view id,
                     std::string_view body, std::uint32_t attempt, std::int64_t now_ms) {
  webhook_call c;
  c.call = number;
  c.url = target.url;
  c.body = body;
  c.timeout_ms = target.timeout_ms;
  c.ca_file = target.ca_file;
  c.headers = {{"Content-Type", "application/json"},
               {"Idempotency-Key", std::string{id}},
               {"X-RetargetIQ-Attempt", std::to_string(attempt)},
               {"X-RetargetIQ-Signature", webhook_signature(target.secret, now_ms / 1'000, body)}};
  return c;
}

std::int64_t backoff_ms(const webhook_settings& target, std::uint32_t attempts,
                        engine::random_source& random) {
  const auto doublings = std::min<std::uint32_t>(attempts == 0 ? 0 : attempts - 1, 40);
  const auto longest = std::int64_t{target.max_backoff_ms};
  auto wait = std::int64_t{target.first_backoff_ms};
  for (std::uint32_t i = 0; i < doublings && wait < longest; ++i) wait *= 2;
  wait = std::min(wait, longest);
  return wait / 2 + static_cast<std::int64_t>(random.unit() * static_cast<double>(wait - wait / 2));
}

} // namespace riq
