#include "nodes/commands/import/progress.hpp"

#include <algorithm>
#include <cstdio>

#include <unistd.h>

namespace riq::commands {

namespace {

constexpr std::size_t bar_width = 28;

} // namespace

progress_line::progress_line(std::uint64_t total_bytes)
  : terminal_(::isatty(STDERR_FILENO) == 1), total_(std::max<std::uint64_t>(total_bytes, 1)),
    shown_(clock::now()) {}

void progress_line::update(std::uint64_t done, std::uint64_t lines) {
  const auto now = clock::now();
  const std::chrono::duration<double> passed = now - shown_;
  if (passed.count() < (terminal_ ? 0.5 : 5.0)) return;
  const auto smooth = [&](double& rate, double current) {
    rate = rate == 0 ? current : 0.7 * rate + 0.3 * current;
  };
  smooth(lines_per_sec_, static_cast<double>(lines - shown_lines_) / passed.count());
  smooth(bytes_per_sec_, static_cast<double>(done - std::min(done, shown_bytes_)) / passed.count());
  shown_ = now;
  shown_lines_ = lines;
  shown_bytes_ = done;
  const double share = static_cast<double>(done) / static_cast<double>(total_);
  const auto eta =
    bytes_per_sec_ > 0
      ? duration_text(static_cast<double>(total_ - std::min(done, total_)) / bytes_per_sec_)
      : std::string{"?"};
  const auto rate = grouped(static_cast<std::uint64_t>(lines_per_sec_));
  if (terminal_) {
    const auto full = std::min(static_cast<std::size_t>(share * bar_width), bar_width);
    std::fprintf(stderr, "\r[%s%s] %5.1f %%  %s lines  %s/s  %s left\033[K",
                 std::string(full, '#').c_str(), std::string(bar_width - full, '.').c_str(),
                 share * 100, grouped(lines).c_str(), rate.c_str(), eta.c_str());
  } else {
    std::fprintf(stderr, "%.1f %%, %s lines, %s/s, %s left\n", share * 100, grouped(lines).c_str(),
                 rate.c_str(), eta.c_str());
  }
}

void progress_line::clear() {
  if (terminal_) std::fputs("\r\033[K", stderr);
}

std::string duration_text(double seconds) {
  char text[48];
  const auto whole = static_cast<long>(seconds);
  if (seconds < 60)
    std::snprintf(text, sizeof text, "%.1f s", seconds);
  else if (whole < 3600)
    std::snprintf(text, sizeof text, "%ld min %ld s", whole / 60, whole % 60);
  else
    std::snprintf(text, sizeof text, "%ld h %ld min", whole / 3600, whole % 3600 / 60);
  return text;
}

std::string grouped(std::uint64_t number) {
  const auto digits = std::to_string(number);
  std::string out;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) out += ',';
    out += digits[i];
  }
  return out;
}

} // namespace riq::commands
