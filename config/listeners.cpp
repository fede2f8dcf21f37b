#include "config/load.hpp"
#include "config/names.hpp"

#include <charconv>
#include <map>

namespace riq {

namespace {

/// HOST:PORT, [V6]:PORT, or a port on the address of `listen.address`.
config_result<listener_setting> parse_listener(const std::string& text,
                                               const std::string& default_address) {
  constexpr auto name = "listen.only";
  const auto colon = text.rfind(':');
  auto host = colon == std::string::npos ? default_address : text.substr(0, colon);
  const auto port = colon == std::string::npos ? text : text.substr(colon + 1);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']')
    host = host.substr(1, host.size() - 2);
  else if (host.find(':') != std::string::npos)
    return config_error{name, "\"" + text +
                                "\" must be HOST:PORT; write a version 6 address as "
                                "[::1]:8080"};
  listener_setting listener{host, 0, name, environment_names(name).back()};
  const auto [end, failed] = std::from_chars(port.data(), port.data() + port.size(), listener.port);
  if (host.empty() || failed != std::errc{} || end != port.data() + port.size())
    return config_error{name, "\"" + text +
                                "\" must be HOST:PORT with a port from 0 to 65535, "
                                "such as 127.0.0.1:8080"};
  return listener;
}

} // namespace

bool is_loopback(std::string_view address) {
  return address == "localhost" || address == "::1" || address.substr(0, 4) == "127.";
}

config_result<std::vector<listener_setting>> listeners(const settings& s) {
  std::vector<listener_setting> all;
  for (const auto& text : s.listen.only) {
    auto listener = parse_listener(text, s.listen.address);
    if (!listener) return listener.error();
    all.push_back(std::move(*listener));
  }
  if (s.listen.only.empty())
    for_each_field(s.listen, [&](std::string_view field, const auto& value) {
      if constexpr (std::is_same_v<std::remove_cvref_t<decltype(value)>, std::uint16_t>) {
        const auto name = "listen." + std::string{field};
        // The strongest of the seed system's names is the one that its people know.
        const auto names = environment_names(name);
        const auto& known = names[names.size() > 1 ? names.size() - 2 : 0];
        // The others are for clients, whom a node without the role does not serve.
        if (value != 0 && (s.node.has_role("gateway") || field == "http"))
          all.push_back({s.listen.address, value, name, known});
      }
    });
  if (all.empty())
    return config_error{"listen", "every port is 0, so nobody could reach the node: give one port"};
  std::map<std::pair<std::string, std::uint16_t>, std::string> taken;
  for (const auto& l : all) {
    if (l.port == 0) continue;
    const auto [first, fresh] = taken.try_emplace({l.address, l.port}, l.setting_name);
    if (!fresh)
      return config_error{l.setting_name, "port " + std::to_string(l.port) +
                                            " is already given by " + first->second +
                                            ": change one of them, or set it to 0"};
  }
  return all;
}

} // namespace riq
