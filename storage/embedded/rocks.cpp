#include "storage/embedded/rocks.hpp"

#include <algorithm>
#include <utility>

#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/options.h>
#include <rocksdb/table.h>
#include <rocksdb/utilities/table_properties_collectors.h>
#include <rocksdb/write_buffer_manager.h>

#include "storage/embedded/disk_space.hpp"
#include "storage/embedded/keys.hpp"
#include "storage/embedded/repair.hpp"
#include "storage/embedded/wal_check.hpp"

namespace riq::storage::embedded {

namespace {

using families = std::vector<rocksdb::ColumnFamilyDescriptor>;

rocksdb::CompressionType best_compression() {
  const auto known = rocksdb::GetSupportedCompressions();
  for (const auto type : {rocksdb::kLZ4Compression, rocksdb::kSnappyCompression})
    if (std::find(known.begin(), known.end(), type) != known.end()) return type;
  return rocksdb::kNoCompression;
}

rocksdb::DBOptions db_options(const options& settings) {
  rocksdb::DBOptions o;
  o.create_if_missing = true;
  o.create_missing_column_families = true;
  o.wal_recovery_mode = settings.repair ? rocksdb::WALRecoveryMode::kSkipAnyCorruptedRecords
                                        : rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  o.max_background_jobs = 2;
  o.max_open_files = 512;
  // Table files go to the disk while they are written: what is left to their sync holds the file
  // system's journal, and with it each sync of the write-ahead log, for 10 ms.
  o.bytes_per_sync = std::uint64_t{256} << 10;
  o.max_total_wal_size = settings.memory_bytes / 2;
  o.keep_log_file_num = 3;
  o.max_log_file_size = std::size_t{4} << 20;
  o.info_log_level = rocksdb::WARN_LEVEL;
  o.stats_dump_period_sec = 0;
  // Space allocated in advance would count as used against a small disk.
  o.allow_fallocate = false;
  o.enable_pipelined_write = false; // there is one writer, which waits anyway
  return o;
}

families family_options(const options& settings, rocksdb::DBOptions& o) {
  const auto cache = rocksdb::NewLRUCache(settings.memory_bytes);
  const auto buffers = settings.memory_bytes / 8 * 3;
  // Charged to the cache: both together stay within memory_bytes.
  o.write_buffer_manager = std::make_shared<rocksdb::WriteBufferManager>(buffers, cache);

  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.cache_index_and_filter_blocks = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  table.format_version = 5;
  table.block_size = 16 << 10;

  rocksdb::ColumnFamilyOptions common;
  common.compression = best_compression();
  // What is flushed is soon compacted, and what comes first into the base level is rewritten with
  // what follows: compressing it each time takes more from a node that is busy than it saves, for
  // max_bytes_for_level_base at most.
  common.compression_per_level = {rocksdb::kNoCompression, rocksdb::kNoCompression,
                                  common.compression};
  common.level_compaction_dynamic_level_bytes = true;
  common.write_buffer_size = std::max<std::size_t>(buffers / 4, std::size_t{1} << 20);
  common.target_file_size_base = common.write_buffer_size;
  // Files of the first level overlap, and each compaction of them rewrites what the next level has
  // in their range, which is nearly all of it: the more of them at once, the less is rewritten.
  // Records are read from far or from memory, and filters spare the state's readers most files.
  common.level0_file_num_compaction_trigger = 10;
  common.level0_slowdown_writes_trigger = 30;
  common.level0_stop_writes_trigger = 45;
  common.max_bytes_for_level_base = 10 * common.target_file_size_base;
  common.disable_auto_compactions = settings.repair; // until the repair is over

  // Records are read in runs, from far: few, large blocks.
  auto records = common;
  auto records_table = table;
  records_table.block_size = 64 << 10;
  records.table_factory.reset(rocksdb::NewBlockBasedTableFactory(records_table));

  // State is read by key, and most loads are of users that we have never seen: the bloom filters
  // of files and memtables answer those.
  auto keyed = common;
  auto keyed_table = table;
  keyed_table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  keyed.table_factory.reset(rocksdb::NewBlockBasedTableFactory(keyed_table));
  keyed.memtable_whole_key_filtering = true;
  keyed.memtable_prefix_bloom_size_ratio = 0.1;

  // The due index is a queue: what is behind us is tombstones, to be compacted away early.
  auto due = common;
  due.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  due.table_properties_collector_factories.push_back(
    rocksdb::NewCompactOnDeletionCollectorFactory(4096, 2048));

  auto meta = due;
  return {{rocksdb::kDefaultColumnFamilyName, meta},
          {"records", records},
          {"index", keyed},
          {"state", keyed},
          {"due", due}};
}

bool locked(const rocksdb::Status& status) {
  return status.IsIOError() && status.ToString().find("lock ") != std::string::npos;
}

} // namespace

error to_error(const rocksdb::Status& status, std::string_view doing) {
  if (status.ok()) return {};
  auto detail = "The storage failed while " + std::string(doing) + ": " + status.ToString() + ".";
  if (status.IsNoSpace() || status.subcode() == rocksdb::Status::SubCode::kSpaceLimit)
    return {ec::disk_full, "", std::move(detail)};
  if (status.IsCorruption())
    return {ec::corrupt, "", detail + " Restore a backup or open with repair."};
  return {ec::storage, "", std::move(detail)};
}

result<std::unique_ptr<rocks>> rocks::open(const options& settings,
                                           std::vector<std::string>& lost) {
  if (auto bad = prepare_directory(settings.path)) return bad;
  const auto findings = check_wal(settings.path);
  auto o = db_options(settings);
  const auto all = family_options(settings, o);
  auto self = std::unique_ptr<rocks>(new rocks);
  const auto refuse = [&](const rocksdb::Status& status) {
    if (locked(status))
      return error{ec::conflict, "",
                   "The data directory " + settings.path.string() +
                     " is locked: another node uses it. Stop that one or choose another "
                     "directory. (" +
                     status.ToString() + ")"};
    return to_error(status, "opening " + settings.path.string());
  };
  // The log of a directory in use is always in the middle of something: the lock comes first.
  if (std::any_of(findings.begin(), findings.end(), [](const auto& f) { return f.middle; })) {
    rocksdb::FileLock* lock = nullptr;
    const auto env = rocksdb::Env::Default();
    const auto status = env->LockFile((settings.path / "LOCK").string(), &lock);
    if (!status.ok()) return refuse(status);
    env->UnlockFile(lock);
  }
  for (const auto& finding : findings) {
    if (finding.middle && !settings.repair)
      return error{ec::corrupt, "", describe(finding) + ". Restore a backup or open with repair."};
    lost.push_back(describe(finding));
  }
  const auto try_open = [&] {
    rocksdb::DB* raw = nullptr;
    auto status = rocksdb::DB::Open(o, settings.path.string(), all, &self->handles_, &raw);
    self->db_.reset(raw);
    if (status.ok() && settings.repair) status = raw->VerifyChecksum();
    return status;
  };
  auto status = try_open();
  table_repair repair(settings, o, all, lost);
  // Each round takes one damaged table file out of the way.
  for (int round = 0; status.IsCorruption() && settings.repair && round < 64; ++round) {
    self->close();
    if (auto bad = repair.rebuild(status)) return bad;
    status = try_open();
  }
  if (!status.ok()) return refuse(status);
  if (auto bad = repair.salvage(*self)) return bad;
  if (auto bad = repair.finish(*self)) return bad;

  const auto version = self->get(family::meta, version_key);
  if (!version) return version.error();
  if (!*version) {
    std::string value;
    put_le32(value, format_version);
    status = self->db_->Put({}, (*self)[family::meta], slice(version_key), value);
    if (!status.ok()) return to_error(status, "writing the format's version");
  } else if ((*version)->size() != 4 || get_le32((*version)->data()) > format_version) {
    return error{ec::conflict, "",
                 "The data directory " + settings.path.string() +
                   " was written by a newer version. Run that version."};
  }
  return self;
}

rocks::~rocks() {
  close();
}

void rocks::close() {
  if (!db_) return;
  for (auto* handle : handles_) db_->DestroyColumnFamilyHandle(handle);
  handles_.clear();
  db_->Close();
  db_.reset();
}

result<std::optional<std::string>> rocks::get(family f, std::string_view key) const {
  std::string value;
  const auto status = db_->Get({}, (*this)[f], slice(key), &value);
  if (status.IsNotFound()) return std::optional<std::string>{};
  if (!status.ok()) return to_error(status, "reading");
  return std::optional{std::move(value)};
}

} // namespace riq::storage::embedded
