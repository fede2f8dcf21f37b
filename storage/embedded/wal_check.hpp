#pragma once
// Looks at the write-ahead log before RocksDB recovers it. RocksDB's own recovery either stops
// silently at the first bad record or refuses a torn end that every crash may leave; neither tells
// which file and offset. Here a torn end (nothing whole follows it) is told apart from damage in
// the middle, which would take acknowledged records with it.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace riq::storage::embedded {

struct wal_finding {
  std::filesystem::path file;
  std::uint64_t offset = 0; ///< of the first record that is not whole
  std::uint64_t bytes = 0;  ///< from there to the end of what was written to the file
  bool middle = false;      ///< whole records follow: this is damage, not the end of a crash
};

/// One finding for each damaged file, in the order of the log.
std::vector<wal_finding> check_wal(const std::filesystem::path& directory);

/// "…/000012.log, offset 4711: …"
std::string describe(const wal_finding& finding);

} // namespace riq::storage::embedded
