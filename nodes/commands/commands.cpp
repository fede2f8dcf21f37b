#include "nodes/commands/commands.hpp"

#include <CLI/CLI.hpp>

namespace riq::commands {

void add_commands(CLI::App& program, int& exit_code) {
  program.set_version_flag("--version", "retargetiq " RIQ_VERSION);
  add_import(program, exit_code);
  add_inspect(program, exit_code);
  add_evaluate(program, exit_code);
  add_health(program, exit_code);
  add_demo(program, exit_code);
  add_config(program, exit_code);
  add_keys(program, exit_code);
}

} // namespace riq::commands
