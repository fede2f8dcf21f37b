#include "gateway/client_address.hpp"

#include <boost/asio/ip/address.hpp>

#include <algorithm>

namespace riq::gateway {
namespace {

namespace ip = boost::asio::ip;

ip::address plain(const ip::address& a) {
  if (a.is_v6() && a.to_v6().is_v4_mapped()) return ip::make_address_v4(ip::v4_mapped, a.to_v6());
  return a;
}

} // namespace

std::string plain_address(const ip::address& a) {
  return plain(a).to_string();
}

result<client_addresses> client_addresses::build(const std::vector<std::string>& trusted_proxies) {
  client_addresses out;
  for (const auto& text : trusted_proxies) {
    boost::system::error_code failed;
    const bool v6 = text.find(':') != text.npos;
    const bool network = text.find('/') != text.npos;
    if (v6) {
      const auto n = ip::make_network_v6(network ? text : text + "/128", failed);
      if (!failed) out.v6_.push_back(n.canonical());
    } else {
      const auto n = ip::make_network_v4(network ? text : text + "/32", failed);
      if (!failed) out.v4_.push_back(n.canonical());
    }
    if (failed)
      return error{ec::invalid, "http.trusted_proxies",
                   "\"" + text + "\" is neither an address nor a network such as 10.0.0.0/8"};
  }
  return out;
}

bool client_addresses::trusted(const ip::address& a) const {
  if (a.is_v4())
    return std::ranges::any_of(v4_, [v = a.to_v4()](const ip::network_v4& n) {
      return ip::network_v4(v, n.prefix_length()).canonical() == n;
    });
  return std::ranges::any_of(v6_, [v = a.to_v6()](const ip::network_v6& n) {
    return ip::network_v6(v, n.prefix_length()).canonical() == n;
  });
}

std::string client_addresses::of(std::string_view peer, std::string_view forwarded_for) const {
  std::string nearest{peer};
  boost::system::error_code failed;
  auto address = ip::make_address(nearest, failed);
  while (!failed && trusted(plain(address)) && !forwarded_for.empty()) {
    const auto comma = forwarded_for.rfind(',');
    auto hop = comma == forwarded_for.npos ? forwarded_for : forwarded_for.substr(comma + 1);
    forwarded_for =
      comma == forwarded_for.npos ? std::string_view{} : forwarded_for.substr(0, comma);
    hop.remove_prefix(std::min(hop.find_first_not_of(' '), hop.size()));
    hop = hop.substr(0, hop.find_last_not_of(' ') + 1);
    address = ip::make_address(std::string{hop}, failed);
    if (!failed) nearest = plain_address(address);
  }
  return nearest;
}

} // namespace riq::gateway
