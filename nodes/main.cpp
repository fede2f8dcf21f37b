// The program: subcommands are wired here, each lives in a file of its own.

#include <CLI/CLI.hpp>

#include "nodes/commands/commands.hpp"
#include "nodes/serve.hpp"

int main(int argc, char** argv) {
  CLI::App app{"RetargetIQ: what to show next, which offer to make, when to call back, within "
               "milliseconds of what a shopper did.",
               "retargetiq"};
  int status = 0;
  riq::add_serve(app, status);
  riq::commands::add_commands(app, status);
  app.require_subcommand(1);
  CLI11_PARSE(app, argc, argv);
  return status;
}
