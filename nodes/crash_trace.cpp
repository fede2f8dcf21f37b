#include "nodes/crash_trace.hpp"

#include <array>
#include <csignal>
#include <cstring>

#include <execinfo.h>
#include <unistd.h>

namespace riq {
namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr bool sanitizer_reports = true;
#else
constexpr bool sanitizer_reports = false;
#endif

constexpr std::array fatal_signals{SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};

void say(const char* text) {
  // Nothing is left to do when even this fails.
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, text, std::strlen(text));
}

/// Calls only what may be called in a signal handler.
void write_trace(int signal) {
  say("critical died of signal ");
  say(::sigabbrev_np(signal));
  say(", called from:\n");
  std::array<void*, 64> frames{};
  const int depth = ::backtrace(frames.data(), static_cast<int>(frames.size()));
  ::backtrace_symbols_fd(frames.data(), depth, STDERR_FILENO);
  // The handler was for once: the signal now does what it does by default.
  ::raise(signal);
}

} // namespace

void trace_crashes() {
  if (sanitizer_reports) return;
  // The first call loads the unwinder, which may allocate; a handler may not.
  std::array<void*, 1> none{};
  ::backtrace(none.data(), 1);
  struct sigaction action = {};
  action.sa_handler = write_trace;
  action.sa_flags = SA_RESETHAND | SA_NODEFER;
  sigemptyset(&action.sa_mask);
  for (const int signal : fatal_signals) ::sigaction(signal, &action, nullptr);
}

} // namespace riq
