#pragma once
// What every command that talks to a node shares: its address, and being interrupted.

#include <atomic>
#include <string>

#include "nodes/commands/http_client.hpp"

namespace CLI {
class App;
}

namespace riq::commands {

struct target_options {
  std::string url = "http://127.0.0.1:8080";
  std::string api_key;
};

/// Adds --url and --api-key, with RETARGETIQ_URL and RETARGETIQ_API_KEY as their defaults.
void add_target(CLI::App& command, target_options& target);

/// Becomes true on the first Ctrl-C or TERM; the second one ends the process the usual way.
std::atomic<bool>& interrupted();

/// Installs the handler behind interrupted().
void watch_interrupts();

/// Prints `error: …` and returns 1.
int failed(const std::string& what);
int failed(const error& e);

} // namespace riq::commands
