#include "nodes/commands/target.hpp"

#include <csignal>
#include <iostream>

#include <CLI/CLI.hpp>

namespace riq::commands {

namespace {

static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler writes it");

void on_signal(int number) {
  interrupted() = true;
  std::signal(number, SIG_DFL);
}

} // namespace

void add_target(CLI::App& command, target_options& target) {
  command.add_option("--url", target.url, "Address of the running node")
    ->envname("RETARGETIQ_URL")
    ->capture_default_str();
  command.add_option("--api-key", target.api_key, "API key, when the node asks for one")
    ->envname("RETARGETIQ_API_KEY");
}

std::atomic<bool>& interrupted() {
  static std::atomic<bool> flag{false};
  return flag;
}

void watch_interrupts() {
  interrupted() = false; // also constructs it before a handler can run
  std::signal(SIGINT, on_signal);
  std::signal(SIGTERM, on_signal);
}

int failed(const std::string& what) {
  std::cerr << "error: " << what << '\n';
  return 1;
}

int failed(const error& e) {
  return failed(e.detail);
}

} // namespace riq::commands
