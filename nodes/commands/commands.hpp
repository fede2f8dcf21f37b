#pragma once
// The subcommands of `retargetiq` that talk to a running node or look at its configuration. `serve`
// is the node's own.

namespace CLI {
class App;
}

namespace riq::commands {

/// Each adds its subcommand to the program. When it was chosen, it runs during parsing and leaves
/// its exit code: 0 done, 1 it did not work and said why, 130 interrupted.
void add_import(CLI::App& program, int& exit_code);
void add_inspect(CLI::App& program, int& exit_code);
void add_evaluate(CLI::App& program, int& exit_code);
void add_health(CLI::App& program, int& exit_code);
void add_demo(CLI::App& program, int& exit_code);
void add_config(CLI::App& program, int& exit_code);
void add_keys(CLI::App& program, int& exit_code);

/// All of them, in the order in which `--help` shows them.
void add_commands(CLI::App& program, int& exit_code);

} // namespace riq::commands
