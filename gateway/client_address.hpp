#pragma once
// Whose address a request has. X-Forwarded-For can be written by anybody, so it counts only as far
// as trusted proxies wrote it: read from the right, the first address that is no trusted proxy's.

#include "messages/error.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace riq::gateway {

class client_addresses {
 public:
  /// Addresses or networks (`10.0.0.0/8`); `ec::invalid` naming http.trusted_proxies otherwise.
  static result<client_addresses> build(const std::vector<std::string>& trusted_proxies);

  /// The client behind `peer`; `peer` itself unless that is a trusted proxy.
  std::string of(std::string_view peer, std::string_view forwarded_for) const;

  bool trusts_anyone() const { return !v4_.empty() || !v6_.empty(); }

 private:
  bool trusted(const boost::asio::ip::address& a) const;

  std::vector<boost::asio::ip::network_v4> v4_;
  std::vector<boost::asio::ip::network_v6> v6_;
};

/// The address as text, an IPv4 address in IPv6 clothes as IPv4.
std::string plain_address(const boost::asio::ip::address& a);

} // namespace riq::gateway
