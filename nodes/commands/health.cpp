#include "nodes/commands/commands.hpp"

#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>

#include "nodes/commands/target.hpp"

namespace riq::commands {

namespace {

int check(const target_options& target) {
  const auto node = parse_url(target.url, target.api_key);
  if (!node) return failed(node.error());
  http_client client{*node, std::chrono::seconds{5}};
  const auto answer = client.send({.target = "/readyz"});
  if (!answer) return failed(answer.error());
  if (!answer->ok()) return failed(reason_of(*answer));
  std::cout << "ready\n";
  return 0;
}

} // namespace

void add_health(CLI::App& program, int& exit_code) {
  auto* health = program.add_subcommand("health", "Exit with 0 when the node is ready to answer");
  health->footer("Example, as a container's health check:\n"
                 "  retargetiq health --url http://127.0.0.1:8080");
  auto target = std::make_shared<target_options>();
  add_target(*health, *target);
  health->callback([&exit_code, target] { exit_code = check(*target); });
}

} // namespace riq::commands
