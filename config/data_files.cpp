#include "config/data_files.hpp"

#include <filesystem>
#include <system_error>

namespace riq {
namespace {

namespace fs = std::filesystem;

/// Folder of the running program; empty when it cannot be told.
fs::path program_folder() {
  std::error_code failed;
  const auto program = fs::read_symlink("/proc/self/exe", failed);
  return failed ? fs::path{} : program.parent_path();
}

} // namespace

std::string brought_file(std::string_view name) {
  std::error_code failed;
  const auto from = program_folder();
  if (from.empty()) return {};
  for (const auto* folder : {"third-party", "../share/retargetiq"}) {
    const auto path = from / folder / name;
    if (fs::is_regular_file(path, failed)) return path.lexically_normal().string();
  }
  return {};
}

std::string brought_folder(std::string_view name) {
  std::error_code failed;
  const auto from = program_folder();
  if (from.empty()) return {};
  for (const auto* folder : {".", "../share/retargetiq"}) {
    const auto path = from / folder / name;
    if (fs::is_directory(path, failed)) return path.lexically_normal().string();
  }
  return {};
}

} // namespace riq
