#include "nodes/commands/commands.hpp"

#include <fstream>
#include <iostream>
#include <iterator>
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
  std::string campaign = "default";
  std::string policy;
  bool json = false;
};

/// A file's content, or the text itself when there is no such file.
std::string policy_text(const std::string& given) {
  std::ifstream in(given, std::ios::binary);
  if (!in) return given;
  return {std::istreambuf_iterator<char>(in), {}};
}

int run(const options& o) {
  const auto node = parse_url(o.target.url, o.target.api_key);
  if (!node) return failed(node.error());
  http_client client{*node};
  const auto answer =
    client.send({.target = "/api/offers/evaluate?campaign=" + escape_segment(o.campaign) +
                           "&policy=" + escape_segment(policy_text(o.policy))});
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
  print_json(std::cout, root, "");
  return 0;
}

} // namespace

void add_evaluate(CLI::App& program, int& exit_code) {
  auto* command =
    program.add_subcommand("evaluate", "Estimate what another offer policy would have brought");
  auto o = std::make_shared<options>();
  add_target(*command, o->target);
  command->add_option("--campaign", o->campaign, "Campaign")->capture_default_str();
  command
    ->add_option(
      "--policy", o->policy,
      "A file with a policy as JSON, such as {\"kind\":\"thompson\"}, or a policy's kind")
    ->required();
  command->add_flag("--json", o->json, "Print the node's answer as it is");
  command->footer("Examples:\n"
                  "  retargetiq evaluate --policy uniform\n"
                  "  retargetiq evaluate --campaign spring --policy bolder.json\n"
                  "The estimate comes from the node's log of decisions; see docs/offers.md.");
  command->callback([&exit_code, o] { exit_code = run(*o); });
}

} // namespace riq::commands
