#pragma once
// Tells how far an import is: one line that renews itself on a terminal, else a line now and then.

#include <chrono>
#include <cstdint>
#include <string>

namespace riq::commands {

class progress_line {
 public:
  explicit progress_line(std::uint64_t total_bytes);

  /// Shows the state when it is time to. `done` bytes of the file and `lines` are acknowledged.
  void update(std::uint64_t done, std::uint64_t lines);
  /// Clears the line on a terminal.
  void clear();

 private:
  using clock = std::chrono::steady_clock;
  bool terminal_;
  std::uint64_t total_;
  clock::time_point shown_;
  std::uint64_t shown_lines_ = 0;
  std::uint64_t shown_bytes_ = 0;
  double lines_per_sec_ = 0; ///< smoothed over some seconds
  double bytes_per_sec_ = 0;
};

/// `1.2 s`, `3 min 20 s`, `2 h 5 min`
std::string duration_text(double seconds);
/// `1,234,567`
std::string grouped(std::uint64_t number);

} // namespace riq::commands
