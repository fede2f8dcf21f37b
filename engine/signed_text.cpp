#include "engine/signed_text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace riq::engine {
namespace {

constexpr std::size_t tag_bytes = 16;
using tag = std::array<unsigned char, tag_bytes>;

constexpr std::string_view alphabet =
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

constexpr auto values = [] {
  std::array<signed char, 256> out{};
  out.fill(-1);
  for (std::size_t i = 0; i < alphabet.size(); ++i)
    out[static_cast<unsigned char>(alphabet[i])] = static_cast<signed char>(i);
  return out;
}();

// base64url without padding (RFC 4648, section 5).
void encode(std::string& out, std::string_view bytes) {
  std::uint32_t bits = 0;
  int count = 0;
  for (const unsigned char c : bytes) {
    bits = bits << 8 | c;
    for (count += 8; count >= 6; count -= 6) out += alphabet[bits >> (count - 6) & 63];
  }
  if (count > 0) out += alphabet[bits << (6 - count) & 63];
}

// Only what `encode` makes is taken, so that a token has one spelling.
bool decode(std::string_view text, std::string& out) {
  std::uint32_t bits = 0;
  int count = 0;
  for (const unsigned char c : text) {
    if (values[c] < 0) return false;
    bits = bits << 6 | static_cast<std::uint32_t>(values[c]);
    count += 6;
    if (count >= 8) {
      count -= 8;
      out += static_cast<char>(bits >> count & 255);
    }
  }
  return count < 6 && (bits & ((1U << count) - 1)) == 0;
}

tag tag_of(std::string_view encoded, std::string_view purpose, std::string_view secret) {
  std::string payload;
  payload.append(purpose).append(encoded);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  // A null key would mean "the key of before" to OpenSSL.
  HMAC(EVP_sha256(), secret.empty() ? "" : secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(payload.data()), payload.size(), digest.data(),
       &size);
  tag out;
  std::copy_n(digest.begin(), out.size(), out.begin());
  return out;
}

std::string_view bytes_of(const tag& t) {
  return {reinterpret_cast<const char*>(t.data()), t.size()};
}

} // namespace

std::string sign_text(std::string_view payload, std::string_view purpose, std::string_view secret) {
  std::string text;
  encode(text, payload);
  const auto mac = tag_of(text, purpose, secret);
  text += '.';
  encode(text, bytes_of(mac));
  return text;
}

std::optional<std::string> open_text(std::string_view text, std::string_view purpose,
                                     std::string_view secret) {
  const auto dot = text.find('.');
  if (dot == text.npos) return {};
  const auto encoded = text.substr(0, dot);
  std::string given;
  if (!decode(text.substr(dot + 1), given) || given.size() != tag_bytes) return {};
  const auto expected = tag_of(encoded, purpose, secret);
  if (CRYPTO_memcmp(given.data(), expected.data(), tag_bytes) != 0) return {};
  std::string payload;
  if (!decode(encoded, payload)) return {};
  return payload;
}

} // namespace riq::engine
