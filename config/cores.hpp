#pragma once
// How many processors this process may keep busy.

#include <cstddef>
#include <filesystem>

namespace riq {

/// Those that it may run on, or, when less, what the quotas of its control groups (cgroup v2: CPU
/// limits of containers and services) come to, rounded up; at least one. `root` is for tests: where
/// /proc and /sys are.
std::size_t usable_cores(const std::filesystem::path& root = "/");

} // namespace riq
