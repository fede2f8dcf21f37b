#pragma once

namespace CLI {
class App;
}

namespace riq {

/// Adds `serve`: runs a node until it is told to stop. `status` becomes the exit status.
void add_serve(CLI::App& app, int& status);

} // namespace riq
