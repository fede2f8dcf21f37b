#include "config/load.hpp"

#include "config/names.hpp"
#include "config/read.hpp"

#include <algorithm>
#include <cstdlib>

namespace riq {

namespace config_detail {

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const auto comma = std::min(text.find(','), text.size());
    auto part = text.substr(0, comma);
    while (!part.empty() && part.front() == ' ') part.remove_prefix(1);
    while (!part.empty() && part.back() == ' ') part.remove_suffix(1);
    if (!part.empty()) parts.emplace_back(part);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return parts;
}

config_result<toml::table> parse_value(const std::string& where, std::string_view text) {
  try {
    return toml::parse("value = " + std::string{text});
  } catch (const toml::parse_error& e) {
    return config_error{where, "cannot be read as a TOML value: " + std::string{e.description()}};
  }
}

} // namespace config_detail

namespace {

using config_detail::failure;

failure read_file(const std::string& path, settings& s) {
  const config_detail::node_reader reader{path};
  try {
    return reader.read(toml::parse_file(path), s, "");
  } catch (const toml::parse_error& e) {
    const auto where = e.source().begin;
    return config_error{where ? reader.at(where) : path, std::string{e.description()}};
  }
}

failure read_environment(const environment_lookup& lookup, settings& s) {
  for (const auto& setting : setting_names())
    for (const auto& name : environment_names(setting)) {
      const auto text = lookup(name);
      if (!text) continue;
      const auto where = "environment variable " + name;
      // Kubernetes sets <SERVICE>_PORT=tcp://… for each service beside a pod.
      if (text->rfind("tcp://", 0) == 0)
        return config_error{where, "\"" + *text +
                                     "\" is no port. Kubernetes sets such variables; "
                                     "turn that off with enableServiceLinks: false"};
      auto bad = config_detail::with_setting(where, s, setting, [&](auto& member) {
        return config_detail::read_text(where, *text, member);
      });
      if (bad) return bad;
    }
  return {};
}

failure read_assignment(const std::string& assignment, settings& s) {
  const auto equals = assignment.find('=');
  if (equals == std::string::npos)
    return config_error{"--set " + assignment, "must look like section.key=value"};
  const auto name = assignment.substr(0, equals);
  const auto where = "--set " + name;
  return config_detail::with_setting(where, s, name, [&](auto& member) {
    return config_detail::read_text(where, std::string_view{assignment}.substr(equals + 1), member);
  });
}

} // namespace

std::optional<std::string> process_environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value ? std::optional<std::string>{value} : std::nullopt;
}

config_result<settings> load_settings(const load_options& options) {
  settings s;
  if (!options.file.empty())
    if (auto bad = read_file(options.file, s)) return *bad;
  if (options.environment)
    if (auto bad = read_environment(options.environment, s)) return *bad;
  for (const auto& assignment : options.sets)
    if (auto bad = read_assignment(assignment, s)) return *bad;
  if (!options.listen.empty()) s.listen.only = options.listen;
  if (auto bad = validate(s)) return *bad;
  return s;
}

} // namespace riq
