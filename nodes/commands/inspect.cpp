#include "nodes/commands/commands.hpp"

#include <iostream>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <simdjson.h>

#include "nodes/commands/table.hpp"
#include "nodes/commands/target.hpp"

namespace riq::commands {

namespace {

struct options {
  target_options target;
  bool json = false;
  std::string user;
};

/// Of a shard's many figures, those that tell how it is.
void print_shards(const simdjson::dom::element& root) {
  simdjson::dom::array shards;
  if (root["shards"].get(shards) != simdjson::SUCCESS) return print_json(std::cout, root, "");
  const std::vector<std::string> columns{
    "partition",       "ready", "resident", "stored",  "dirty",      "appliedOffset",
    "committedOffset", "lag",   "events",   "mailbox", "stateBytes", "failure"};
  text_table table{columns};
  for (const simdjson::dom::element shard : shards) {
    std::vector<std::string> row;
    for (const auto& name : columns) {
      simdjson::dom::element value;
      row.push_back(shard[name].get(value) == simdjson::SUCCESS ? cell(value) : "");
    }
    table.add(std::move(row));
  }
  table.print(std::cout);
}

int show(const options& o, const std::string& path, bool shards) {
  const auto node = parse_url(o.target.url, o.target.api_key);
  if (!node) return failed(node.error());
  http_client client{*node};
  const auto answer = client.send({.target = path});
  if (!answer) return failed(answer.error().detail + " (is the node running?)");
  if (!answer->ok()) return failed(reason_of(*answer));
  if (o.json) {
    std::cout << answer->body << '\n';
    return 0;
  }
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  if (parser.parse(answer->body).get(root) != simdjson::SUCCESS)
    return failed("the node's answer is no JSON");
  if (shards)
    print_shards(root);
  else
    print_json(std::cout, root, "");
  return 0;
}

} // namespace

void add_inspect(CLI::App& program, int& exit_code) {
  auto* inspect = program.add_subcommand("inspect", "Look into a running node");
  inspect->require_subcommand(1);
  inspect->footer("Examples:\n"
                  "  retargetiq inspect user user_42\n"
                  "  retargetiq inspect shards\n"
                  "  retargetiq inspect node --json | jq .model\n"
                  "Looking at a user neither wakes nor keeps it. With API keys it needs admin.");
  const auto add = [&](const char* name, const char* help, auto path, bool shards) {
    auto o = std::make_shared<options>();
    auto* command = inspect->add_subcommand(name, help);
    add_target(*command, o->target);
    command->add_flag("--json", o->json, "Print the node's answer as it is");
    if (std::string_view{name} == "user") command->add_option("id", o->user, "User id")->required();
    command->callback([&exit_code, o, path, shards] { exit_code = show(*o, path(*o), shards); });
  };
  add(
    "user", "The live state of a user: features, session, cart, offers, timers",
    [](const options& o) { return "/api/inspect/users/" + escape_segment(o.user); }, false);
  add(
    "shards", "Each shard's counts, offsets, lag and memory",
    [](const options&) { return std::string{"/api/inspect/shards"}; }, true);
  add(
    "node", "The node as a whole", [](const options&) { return std::string{"/api/inspect/node"}; },
    false);
}

} // namespace riq::commands
