#pragma once
// Recovery of damaged table files. A damaged file is moved to `lost/`, RocksDB rebuilds its
// manifest without it, and the record batches in its whole blocks are put back. State is not: an
// old entry could bring back what was erased since; it is made again from the log.

#include <filesystem>
#include <string>
#include <vector>

#include <rocksdb/db.h>

#include "messages/error.hpp"
#include "storage/embedded/database.hpp"

namespace riq::storage::embedded {

class rocks;

class table_repair {
 public:
  table_repair(const options& settings, const rocksdb::DBOptions& db_options,
               const std::vector<rocksdb::ColumnFamilyDescriptor>& families,
               std::vector<std::string>& lost)
    : settings_(settings), db_options_(db_options), families_(families), lost_(lost) {}

  /// With the database closed: takes away the file that `why` complains about.
  error rebuild(const rocksdb::Status& why);

  /// With the database open: puts back what the moved files still hold.
  error salvage(const rocks& db);

  /// With the database open: starts RocksDB's own compaction, which must not meet damage before,
  /// and merges the tables that RepairDB leaves side by side.
  error finish(const rocks& db) const;

 private:
  error salvage(const rocks& db, const std::filesystem::path& file);

  /// RepairDB makes tables of the whole write-ahead log, also of what was flushed from it before,
  /// and RocksDB then stumbles over the doubles. A lenient open leaves the log empty.
  void empty_wal() const;

  const options& settings_;
  const rocksdb::DBOptions& db_options_;
  const std::vector<rocksdb::ColumnFamilyDescriptor>& families_;
  std::vector<std::string>& lost_;
  std::vector<std::filesystem::path> moved_;
  bool rebuilt_ = false;
};

} // namespace riq::storage::embedded
