#pragma once
// A node's settings out of the defaults, a TOML file, the environment and the command line, each
// stronger than the one before.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/result.hpp"
#include "config/settings.hpp"

namespace riq {

/// Looks a variable of the environment up; nothing when it is not set.
using environment_lookup = std::function<std::optional<std::string>(const std::string&)>;

/// The environment of this process.
std::optional<std::string> process_environment(const std::string& name);

struct load_options {
  std::string file;                ///< path of a TOML file, empty: none
  std::vector<std::string> sets;   ///< `section.key=value`, the later ones win
  std::vector<std::string> listen; ///< HOST:PORT; when given, these listeners and no others
  environment_lookup environment = process_environment;
};

/// Defaults, then the file, then the environment, then `sets` and `listen`; validated.
config_result<settings> load_settings(const load_options& options);

/// The first thing that would keep a node from running with these settings.
std::optional<config_error> validate(const settings& s);

/// The settings as TOML that load_settings() reads back to the same. With `redact`, secrets are
/// shown as "***"; such a text is for reading only.
std::string dump_settings(const settings& s, bool redact);

/// One socket to listen on, with the names by which a person can move it.
struct listener_setting {
  std::string address;
  std::uint16_t port = 0;   ///< 0: any free one
  std::string setting_name; ///< `listen.activity`
  std::string env_name;     ///< `USER_ACTIVITY_PORT`
};

/// The sockets of `s.listen`: `only` when it is given, else each port that is not 0; of a node
/// without the role `gateway` the main one.
config_result<std::vector<listener_setting>> listeners(const settings& s);

/// Whether only this machine reaches the address: 127.0.0.0/8, ::1, localhost.
bool is_loopback(std::string_view address);

} // namespace riq
