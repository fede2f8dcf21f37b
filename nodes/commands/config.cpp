#include "nodes/commands/commands.hpp"

#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>

#include "config/load.hpp"
#include "config/names.hpp"
#include "nodes/commands/target.hpp"

namespace riq::commands {

namespace {

/// Where a client on this machine reaches the first of the listeners.
std::string client_url(const listener_setting& l) {
  auto host = l.address;
  if (host == "0.0.0.0") host = "127.0.0.1";
  if (host == "::") host = "::1";
  if (host.find(':') != std::string::npos) host = "[" + host + "]";
  return "http://" + host + ":" + std::to_string(l.port);
}

int check(const load_options& options) {
  const auto s = load_settings(options);
  if (!s) return failed(s.error().text());
  std::cout << "The configuration is valid. The node would listen on:\n";
  const auto sockets = listeners(*s);
  for (const auto& l : *sockets)
    std::cout << "  " << l.address << ":" << l.port << "  (" << l.setting_name << ", " << l.env_name
              << ")\n";
  return 0;
}

int show(const load_options& options) {
  const auto s = load_settings(options);
  if (!s) return failed(s.error().text());
  std::cout << dump_settings(*s, true);
  return 0;
}

int url(const load_options& options) {
  const auto s = load_settings(options);
  if (!s) return failed(s.error().text());
  std::cout << client_url(listeners(*s)->front()) << '\n';
  return 0;
}

int names() {
  for (const auto& setting : setting_names()) {
    std::cout << setting;
    for (const auto& variable : environment_names(setting)) std::cout << "  " << variable;
    std::cout << '\n';
  }
  return 0;
}

} // namespace

void add_config(CLI::App& program, int& exit_code) {
  auto* config = program.add_subcommand("config", "Check or show a configuration, without a node");
  config->require_subcommand(1);
  config->footer("Examples:\n"
                 "  retargetiq config check --config my.toml\n"
                 "  retargetiq config show --set http.io_threads=4\n"
                 "config/retargetiq.toml explains every setting.");
  const auto add = [&](const char* name, const char* help, int (*run)(const load_options&)) {
    auto options = std::make_shared<load_options>();
    auto* command = config->add_subcommand(name, help);
    command->add_option("--config", options->file, "TOML file")->envname("RETARGETIQ_CONFIG");
    command->add_option("--set", options->sets, "section.key=value, stronger than the file")
      ->allow_extra_args(false);
    command->add_option("--listen", options->listen, "HOST:PORT instead of the configured ports")
      ->allow_extra_args(false);
    command->add_option_function<std::string>(
      "--data-dir", [options](const auto& dir) { options->sets.push_back("node.data_dir=" + dir); },
      "Folder of the node's data");
    command->callback([&exit_code, options, run] { exit_code = run(*options); });
  };
  add("check", "Say whether a node would start with it, and what is wrong if not", check);
  add("show", "Print all settings as they would be used, secrets hidden", show);
  add("url", "Print the address at which clients on this machine reach the node", url);
  config->add_subcommand("names", "List every setting with its environment variables")
    ->callback([&exit_code] { exit_code = names(); });
}

} // namespace riq::commands
