#include "config/cores.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <string>
#include <string_view>
#include <thread>

namespace riq {

namespace {

constexpr std::string_view unified_hierarchy = "0::/"; // its line in /proc/self/cgroup

/// Of cpu.max, which holds "QUOTA PERIOD" in microseconds of processor time, or "max PERIOD".
std::size_t within_quota(const std::filesystem::path& file, std::size_t cores) {
  std::ifstream in(file);
  double quota = 0;
  double period = 0;
  if (!(in >> quota >> period) || quota <= 0 || period <= 0) return cores; // none is set
  return std::min(cores, static_cast<std::size_t>(std::ceil(quota / period)));
}

} // namespace

std::size_t usable_cores(const std::filesystem::path& root) {
  std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
  const auto groups = root / "sys/fs/cgroup";
  std::ifstream in(root / "proc/self/cgroup");
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with(unified_hierarchy)) continue;
    // A group has no more than those that it is in.
    for (std::filesystem::path group = line.substr(unified_hierarchy.size());;
         group = group.parent_path()) {
      cores = within_quota(groups / group / "cpu.max", cores);
      if (group.empty()) break;
    }
  }
  return cores;
}

} // namespace riq
