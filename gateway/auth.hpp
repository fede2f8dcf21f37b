#pragma once
// API keys. The configuration holds SHA-256 hashes of keys with their scopes; a request brings the
// key as `Authorization: Bearer KEY` or `X-API-Key: KEY`.
//
// Keys are random, so one unsalted hash is enough at rest. Every hash is compared, in constant
// time, whatever matched before. Immutable after `build`: any thread.

#include "config/settings.hpp"
#include "gateway/request.hpp"
#include "gateway/route.hpp"
#include "messages/error.hpp"

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace riq::gateway {

class authenticator {
 public:
  /// `ec::invalid` naming the setting for an unknown mode or scope or a hash that is none.
  static result<authenticator> build(const auth_settings& settings);

  /// Nothing when the request may use a route of that scope; else `unauthenticated`, `forbidden`.
  error check(const request& r, scope needed) const;

  /// Whether keys are asked for at all.
  bool required() const { return required_; }

 private:
  using digest = std::array<unsigned char, 32>;
  struct key {
    digest hash;
    bool read = false;
    bool write = false;
    bool admin = false;
  };

  std::vector<key> keys_;
  bool required_ = false;
  bool guards_origin_ = false;
};

/// The SHA-256 of a key in hex, as the configuration wants it.
std::string hash_key(std::string_view key);

} // namespace riq::gateway
