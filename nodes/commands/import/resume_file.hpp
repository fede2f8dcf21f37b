#pragma once
// How far an import got, kept between runs.

#include <cstdint>
#include <string>

namespace riq::commands {

/// Everything up to `line`, which ends before byte `offset`, was acknowledged by the node.
struct import_progress {
  std::uint64_t line = 0;
  std::uint64_t offset = 0;
  std::uint64_t accepted = 0;
  std::uint64_t rejected = 0;
};

class resume_file {
 public:
  /// `key` names file and node. The file lies in $XDG_STATE_HOME/retargetiq, else in
  /// ~/.local/state/retargetiq; without a home nothing is kept.
  explicit resume_file(const std::string& key);

  /// What was saved; all 0 when there is nothing.
  import_progress load() const;
  /// Replaces what was saved, whole or not at all. False when it could not be written.
  bool save(const import_progress& progress) const;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

} // namespace riq::commands
