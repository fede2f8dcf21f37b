#include "nodes/serve.hpp"

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include <pthread.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include "config/load.hpp"
#include "nodes/crash_trace.hpp"
#include "nodes/node.hpp"

namespace riq {
namespace {

// A node that cannot store everything in this time exits all the same: the log has the rest.
constexpr auto stop_within = std::chrono::seconds(20);
// And one that something keeps from ending, such as a library's thread, after this.
constexpr unsigned end_after_s = 28;

struct serve_options {
  load_options load;
  std::string data_dir;
};

/// The signals that end the node, blocked in every thread so that only `await_stop` takes them.
sigset_t block_stop_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return set;
}

/// Waits for the first signal. From then on the second one ends the process at once, whatever it is
/// doing, and the time that it has for its end does.
void await_stop(const sigset_t& set) {
  int signal = 0;
  sigwait(&set, &signal);
  for (const auto s : {SIGINT, SIGTERM}) std::signal(s, [](int) { ::_exit(130); });
  std::signal(SIGALRM, [](int) { ::_exit(0); });
  ::alarm(end_after_s);
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

void set_up_logging(const settings& config) {
  spdlog::set_default_logger(spdlog::stderr_color_mt("retargetiq"));
  spdlog::set_level(spdlog::level::from_str(config.node.log_level));
  spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%e %^%-5l%$ %v");
}

int run(const serve_options& options) {
  // First of all: told to stop while it starts, a node still ends in order.
  const auto signals = block_stop_signals();
  auto load = options.load;
  if (!options.data_dir.empty()) load.sets.push_back("node.data_dir=" + options.data_dir);
  const auto config = load_settings(load);
  if (!config) {
    std::cerr << "retargetiq: " << config.error().text() << '\n';
    return 2;
  }
  set_up_logging(*config);
  trace_crashes();
  auto running = node::start(*config);
  if (!running) {
    const auto& e = running.error();
    spdlog::critical("{}{}{}", e.field, e.field.empty() ? "" : ": ", e.detail);
    return 1;
  }
  await_stop(signals);
  spdlog::info("stopping; a second signal stops at once");
  const bool stored = (*running)->stop(stop_within);
  spdlog::info(stored ? "stopped" : "stopped; the next start replays what was not stored in time");
  spdlog::shutdown();
  // All that is left is memory. To end a million users one by one would take the processors from
  // those who bring them up elsewhere.
  std::_Exit(0);
}

} // namespace

void add_serve(CLI::App& app, int& status) {
  auto options = std::make_shared<serve_options>();
  auto* serve = app.add_subcommand("serve", "Run a node: API, dashboard and the users' actors");
  serve
    ->add_option("--config", options->load.file,
                 "TOML file with settings (see config/retargetiq.toml)")
    ->check(CLI::ExistingFile);
  serve->add_option("--data-dir", options->data_dir,
                    "Where log and state are kept (default: data)");
  serve->add_option("--listen", options->load.listen,
                    "HOST:PORT to listen on, instead of the configured list; may be repeated");
  serve->add_option("--set", options->load.sets,
                    "KEY=VALUE for any setting, such as log.fsync=false; may be repeated");
  serve->footer("Every setting can also come from the environment: log.fsync is "
                "RETARGETIQ_LOG_FSYNC.\n\nExamples:\n"
                "  retargetiq serve\n"
                "  retargetiq serve --data-dir /var/lib/retargetiq --listen 127.0.0.1:9000\n"
                "  retargetiq serve --config config/retargetiq.toml --set engine.time=stream\n"
                "  retargetiq config show        the settings as they would be used");
  serve->callback([options, &status] { status = run(*options); });
}

} // namespace riq
