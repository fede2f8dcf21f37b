#include "nodes/commands/import/resume_file.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace riq::commands {

namespace fs = std::filesystem;

namespace {

fs::path state_folder() {
  if (const char* state = std::getenv("XDG_STATE_HOME"); state && *state)
    return fs::path{state} / "retargetiq";
  if (const char* home = std::getenv("HOME"); home && *home)
    return fs::path{home} / ".local/state/retargetiq";
  return {};
}

} // namespace

resume_file::resume_file(const std::string& key) {
  const auto folder = state_folder();
  if (!folder.empty()) path_ = (folder / ("import-" + key)).string();
}

import_progress resume_file::load() const {
  import_progress p;
  std::ifstream in{path_};
  if (!(in >> p.line >> p.offset >> p.accepted >> p.rejected)) return {};
  return p;
}

bool resume_file::save(const import_progress& p) const {
  if (path_.empty()) return false;
  std::error_code failed;
  fs::create_directories(fs::path{path_}.parent_path(), failed);
  const auto fresh = path_ + ".new";
  {
    std::ofstream out{fresh};
    out << p.line << ' ' << p.offset << ' ' << p.accepted << ' ' << p.rejected << '\n';
    out.flush();
    if (!out) return false;
  }
  fs::rename(fresh, path_, failed);
  return !failed;
}

} // namespace riq::commands
