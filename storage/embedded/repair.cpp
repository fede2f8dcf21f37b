#include "storage/embedded/repair.hpp"

#include <algorithm>
#include <cctype>
#include <memory>
#include <system_error>

#include <rocksdb/sst_file_reader.h>
#include <rocksdb/table_properties.h>

#include "storage/embedded/rocks.hpp"

namespace riq::storage::embedded {

namespace {

/// The name of the table file in RocksDB's complaint, empty when it names none.
std::string table_in(const std::string& complaint) {
  const auto end = complaint.find(".sst");
  if (end == std::string::npos) return {};
  auto begin = end;
  while (begin > 0 && std::isdigit(static_cast<unsigned char>(complaint[begin - 1])) != 0) --begin;
  return complaint.substr(begin, end + 4 - begin);
}

/// Puts an entry back unless the key has a newer one.
error put_back(const rocks& db, const rocksdb::Iterator& it, std::size_t& kept) {
  const auto has = db.get(family::records, view(it.key()));
  if (!has) return has.error();
  if (*has) return {};
  ++kept;
  return to_error(db.db().Put({}, db[family::records], it.key(), it.value()), "repairing");
}

} // namespace

void table_repair::empty_wal() const {
  auto lenient = db_options_;
  lenient.paranoid_checks = false;
  lenient.skip_checking_sst_file_sizes_on_db_open = true;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* raw = nullptr;
  if (!rocksdb::DB::Open(lenient, settings_.path.string(), families_, &handles, &raw).ok()) return;
  const std::unique_ptr<rocksdb::DB> db(raw);
  (void)db->Flush({}, handles); // what cannot be flushed stays in the log, for RepairDB
  for (auto* handle : handles) db->DestroyColumnFamilyHandle(handle);
  (void)db->Close();
}

error table_repair::rebuild(const rocksdb::Status& why) {
  rebuilt_ = true;
  lost_.push_back(why.ToString());
  empty_wal();
  const auto name = table_in(why.ToString());
  std::error_code failure;
  if (!name.empty() && std::filesystem::exists(settings_.path / name, failure)) {
    std::filesystem::create_directories(settings_.path / "lost", failure);
    std::filesystem::rename(settings_.path / name, settings_.path / "lost" / name, failure);
    if (failure)
      return {ec::storage, "",
              "The damaged file " + name + " cannot be moved to lost/: " + failure.message() + "."};
    moved_.push_back(settings_.path / "lost" / name);
  }
  return to_error(rocksdb::RepairDB(settings_.path.string(), db_options_, families_),
                  "repairing " + settings_.path.string());
}

error table_repair::salvage(const rocks& db) {
  for (const auto& file : moved_)
    if (auto bad = salvage(db, file)) return bad;
  return {};
}

error table_repair::finish(const rocks& db) const {
  if (!settings_.repair) return {};
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  for (std::size_t f = 0; f < family_count; ++f) handles.push_back(db[static_cast<family>(f)]);
  if (const auto status = db.db().EnableAutoCompaction(handles); !status.ok())
    return to_error(status, "repairing");
  if (!rebuilt_) return {};
  rocksdb::CompactRangeOptions how;
  how.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
  for (auto* handle : handles) {
    const auto status = db.db().CompactRange(how, handle, nullptr, nullptr);
    if (!status.ok()) return to_error(status, "merging the repaired tables");
  }
  return {};
}

error table_repair::salvage(const rocks& db, const std::filesystem::path& file) {
  const auto records = std::find_if(families_.begin(), families_.end(),
                                    [](const auto& f) { return f.name == "records"; });
  rocksdb::SstFileReader reader(rocksdb::Options(db_options_, records->options));
  const auto name = file.string();
  if (const auto status = reader.Open(name); !status.ok()) {
    lost_.push_back(name + ": nothing in it can be read: " + status.ToString());
    return {};
  }
  if (reader.GetTableProperties()->column_family_name != "records") {
    lost_.push_back(name + ": held no records of the log; nothing was put back");
    return {};
  }
  // From both ends up to the damage.
  std::size_t kept = 0;
  std::string last;
  const std::unique_ptr<rocksdb::Iterator> it(reader.NewIterator({}));
  for (it->SeekToFirst(); it->Valid(); it->Next()) {
    last.assign(it->key().data(), it->key().size());
    if (auto bad = put_back(db, *it, kept)) return bad;
  }
  if (!it->status().ok())
    for (it->SeekToLast(); it->Valid() && view(it->key()) > last; it->Prev())
      if (auto bad = put_back(db, *it, kept)) return bad;
  lost_.push_back(name + ": " + std::to_string(kept) + " of " +
                  std::to_string(reader.GetTableProperties()->num_entries) +
                  " record batches were put back");
  return {};
}

} // namespace riq::storage::embedded
