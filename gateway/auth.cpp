#include "gateway/auth.hpp"

#include <boost/asio/ip/address.hpp>
#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <algorithm>

namespace riq::gateway {
namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";

std::string_view key_of(const request& r) {
  if (const auto own = r[header::api_key]; !own.empty()) return own;
  constexpr std::string_view scheme = "bearer ";
  auto given = r[header::authorization];
  if (given.size() <= scheme.size()) return {};
  for (std::size_t i = 0; i < scheme.size(); ++i)
    if ((given[i] | 0x20) != scheme[i]) return {};
  given.remove_prefix(scheme.size());
  given.remove_prefix(std::min(given.find_first_not_of(' '), given.size()));
  return given;
}

/// `host` of `host`, `host:port`, `[v6]:port`.
std::string_view without_port(std::string_view host) {
  if (host.starts_with('[')) return host.substr(1, host.find(']') - 1);
  return host.substr(0, host.find(':'));
}

/// A page of another site can make a browser on this machine send requests here. While no key is
/// asked for, such requests are told apart by their Origin, and a foreign name that was made to
/// resolve to this machine by its Host.
error check_origin(const request& r) {
  const auto host = r[header::host];
  const auto name = without_port(host);
  if (!host.empty() && name != "localhost") {
    boost::system::error_code no_address;
    boost::asio::ip::make_address(std::string{name}, no_address);
    if (no_address)
      return {ec::forbidden, "Host",
              "without API keys only localhost and addresses are served; configure auth.keys, or "
              "write auth.mode = \"off\""};
  }
  auto origin = r[header::origin];
  if (origin.empty()) return {};
  const auto scheme = origin.find("://");
  if (scheme != origin.npos) origin.remove_prefix(scheme + 3);
  if (without_port(origin) == name) return {};
  return {ec::forbidden, "Origin", "requests of other sites are refused without API keys"};
}

} // namespace

std::string hash_key(std::string_view key) {
  unsigned char hash[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(key.data()), key.size(), hash);
  std::string out;
  for (const auto byte : hash) {
    out += hex_digits[byte >> 4];
    out += hex_digits[byte & 15];
  }
  return out;
}

result<authenticator> authenticator::build(const auth_settings& settings) {
  authenticator out;
  if (settings.mode != "auto" && settings.mode != "keys" && settings.mode != "off")
    return error{ec::invalid, "auth.mode", "must be auto, keys or off"};
  for (const auto& given : settings.keys) {
    key k;
    const auto where = "auth.keys (" + given.name + ")";
    if (given.sha256.size() != 2 * k.hash.size())
      return error{ec::invalid, where, "sha256 must be 64 hex digits: printf %s KEY | sha256sum"};
    for (std::size_t i = 0; i < k.hash.size(); ++i) {
      const auto high = hex_digits.find(static_cast<char>(given.sha256[2 * i] | 0x20));
      const auto low = hex_digits.find(static_cast<char>(given.sha256[2 * i + 1] | 0x20));
      if (high == hex_digits.npos || low == hex_digits.npos)
        return error{ec::invalid, where, "sha256 must be 64 hex digits: printf %s KEY | sha256sum"};
      k.hash[i] = static_cast<unsigned char>(high * 16 + low);
    }
    for (const auto& s : given.scopes) {
      if (s == "read")
        k.read = true;
      else if (s == "write")
        k.write = true;
      else if (s == "admin")
        k.admin = k.read = k.write = true;
      else
        return error{ec::invalid, where, "knows the scopes read, write and admin, not " + s};
    }
    out.keys_.push_back(k);
  }
  if (settings.mode == "keys" && out.keys_.empty())
    return error{ec::invalid, "auth.mode", "is keys, but auth.keys has none"};
  out.required_ = settings.mode != "off" && !out.keys_.empty();
  out.guards_origin_ = settings.mode == "auto" && out.keys_.empty();
  return out;
}

error authenticator::check(const request& r, scope needed) const {
  if (!required_) return guards_origin_ ? check_origin(r) : error{};
  if (needed == scope::open) return {};
  const auto given = key_of(r);
  if (given.empty())
    return {ec::unauthenticated, "",
            "send an API key as \"Authorization: Bearer KEY\" or \"X-API-Key: KEY\""};
  digest hash;
  SHA256(reinterpret_cast<const unsigned char*>(given.data()), given.size(), hash.data());
  const key* found = nullptr;
  for (const auto& k : keys_)
    if (CRYPTO_memcmp(k.hash.data(), hash.data(), hash.size()) == 0) found = &k;
  if (!found) return {ec::unauthenticated, "", "the API key is not known"};
  const bool allowed = needed == scope::read    ? found->read
                       : needed == scope::write ? found->write
                                                : found->admin;
  if (allowed) return {};
  return {ec::forbidden, "", "this needs a key with the scope " + std::string{name_of(needed)}};
}

} // namespace riq::gateway
