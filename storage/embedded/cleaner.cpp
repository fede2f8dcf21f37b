#include "storage/embedded/cleaner.hpp"

#include <algorithm>
#include <limits>
#include <memory>
#include <optional>
#include <vector>

#include "storage/embedded/checksum.hpp"
#include "storage/embedded/keys.hpp"
#include "storage/embedded/record_batch.hpp"
#include "storage/embedded/restore.hpp"

namespace riq::storage::embedded {

namespace {

constexpr std::size_t piece_bytes = std::size_t{512} << 10; ///< one write of ours
constexpr std::size_t merged_bytes = std::size_t{64} << 10; ///< neighbours become such a batch

struct dropped_tombstone {
  std::string index; ///< its key in the family `index`
  std::int64_t offset;
};

class cleaning {
 public:
  cleaning(const rocks& db, pipeline& writer, const options& settings, partition& p,
           std::int64_t needed, std::int64_t tombstones_ms)
    : db_(db), writer_(writer), p_(p), needed_(needed), now_(settings.now_ms()),
      delay_(std::max<std::int64_t>(settings.tombstone_delay.count(), tombstones_ms)) {}

  error run(const std::function<bool()>& stop);

 private:
  error add(std::string_view key, std::string_view value);
  result<std::vector<bool>> live(const std::vector<record_view>& records, std::int64_t appended);
  void close_merged();
  error write_piece();
  error finish();

  const rocks& db_;
  pipeline& writer_;
  partition& p_;
  const std::int64_t needed_;
  const std::int64_t now_;
  const std::int64_t delay_;

  std::int64_t until_ = 0;
  std::uint64_t dirty_before_ = 0;
  std::optional<std::int64_t> first_kept_;
  std::uint64_t kept_bytes_ = 0;

  // The batch being merged: the records kept of the batches from merged_base_ on.
  std::vector<std::string> merged_keys_;
  bool merged_changed_ = false;
  batch_header merged_header_;
  std::string merged_records_;
  std::int64_t merged_base_ = 0;
  std::int64_t merged_last_ = 0; // where a record without a gap would come

  rocksdb::WriteBatch piece_;
  std::vector<dropped_tombstone> tombstones_;
};

/// Which of the records are the newest of their key.
result<std::vector<bool>> cleaning::live(const std::vector<record_view>& records,
                                         std::int64_t appended) {
  std::vector<std::string> keys;
  keys.reserve(records.size());
  for (const auto& r : records) keys.push_back(index_key(p_.topic, p_.where.partition, r.key));
  const std::vector<rocksdb::Slice> slices(keys.begin(), keys.end());
  std::vector<rocksdb::PinnableSlice> values(keys.size());
  std::vector<rocksdb::Status> statuses(keys.size());
  db_.db().MultiGet({}, db_[family::index], keys.size(), slices.data(), values.data(),
                    statuses.data());
  std::vector<bool> out(records.size(), true);
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (statuses[i].IsNotFound()) continue;
    if (!statuses[i].ok()) return to_error(statuses[i], "reading the index of " + p_.where.topic);
    if (values[i].size() != 8)
      return corrupt_batch(p_.where, records[i].offset, "its index entry is malformed");
    const auto newest = static_cast<std::int64_t>(get_le64(values[i].data()));
    out[i] = newest <= records[i].offset;
    const auto seen =
      needed_ != std::numeric_limits<std::int64_t>::max() && records[i].offset < needed_;
    if (out[i] && records[i].tombstone && (seen || appended < now_ - delay_)) {
      out[i] = false;
      tombstones_.push_back({keys[i], records[i].offset});
    }
  }
  return out;
}

error cleaning::add(std::string_view key, std::string_view value) {
  const auto size = key.size() + value.size();
  const auto base = base_of(key);
  auto bytes = value;
  const auto header = open_batch(key, bytes, p_.where);
  if (!header) return header.error();
  std::vector<record_view> records;
  records.reserve(header->count);
  for (auto next = base; !bytes.empty();) {
    const auto record = decode_record(bytes, next);
    if (!record) return corrupt_batch(p_.where, base, "a record is malformed");
    records.push_back(*record);
  }
  const auto keep = live(records, header->appended);
  if (!keep) return keep.error();
  const auto whole = std::all_of(keep->begin(), keep->end(), [](bool k) { return k; });
  if (whole && size >= merged_bytes / 2) {
    close_merged();
    if (!first_kept_ && !records.empty()) first_kept_ = records.front().offset;
    kept_bytes_ += size;
    return {};
  }
  if (merged_keys_.empty()) {
    merged_base_ = merged_last_ = base;
    merged_header_ = {};
  }
  merged_changed_ = merged_changed_ || !whole || !merged_keys_.empty();
  merged_keys_.emplace_back(key);
  merged_header_.span = base + header->span - merged_base_;
  merged_header_.appended = std::max(merged_header_.appended, header->appended);
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (!(*keep)[i]) continue;
    if (!first_kept_) first_kept_ = records[i].offset;
    encode_record(merged_records_, records[i], records[i].offset - merged_last_);
    merged_last_ = records[i].offset + 1;
    ++merged_header_.count;
  }
  if (merged_records_.size() >= merged_bytes) close_merged();
  return {};
}

/// Puts the merged batch in the place of those it was made of.
void cleaning::close_merged() {
  if (merged_keys_.empty()) return;
  const auto whole_size = merged_keys_.front().size() + batch_header_size + merged_records_.size();
  if (merged_header_.count > 0) kept_bytes_ += whole_size;
  if (merged_changed_) {
    for (const auto& key : merged_keys_)
      if (merged_header_.count == 0 || key != merged_keys_.front())
        piece_.Delete(db_[family::records], key);
    if (merged_header_.count > 0) {
      const auto& key = merged_keys_.front();
      const auto crc = crc32c(merged_records_, crc32c(checked_header(merged_header_), crc32c(key)));
      piece_.Put(db_[family::records], key, encode_header(merged_header_, crc) + merged_records_);
    }
  }
  merged_keys_.clear();
  merged_records_.clear();
  merged_changed_ = false;
}

error cleaning::write_piece() {
  close_merged();
  if (piece_.Count() == 0) {
    tombstones_.clear();
    return {};
  }
  auto outcome = writer_.call([this]() -> error {
    for (const auto& t : tombstones_) {
      // Only if the key was not written again meanwhile; nothing is written while we run.
      const auto now = db_.get(family::index, t.index);
      if (!now) return now.error();
      if (*now && (*now)->size() == 8 &&
          static_cast<std::int64_t>(get_le64((*now)->data())) == t.offset)
        piece_.Delete(db_[family::index], t.index);
    }
    // The newest batches may be among those that go: the next offset must survive a restart.
    piece_.Put(db_[family::meta], extent_key(p_.topic, p_.where.partition),
               encode_extent({p_.written_end(), p_.writer.cleaned_until, p_.writer.clean}));
    return to_error(db_.db().Write({}, &piece_), "compacting topic " + p_.where.topic);
  });
  piece_.Clear();
  tombstones_.clear();
  return outcome;
}

error cleaning::finish() {
  if (auto bad = write_piece()) return bad;
  return writer_.call([this]() -> error {
    auto& own = p_.writer;
    own.clean = kept_bytes_;
    own.dirty -= dirty_before_; // what came while we cleaned is still dirty
    own.cleaned_until = until_;
    own.cleaned_at = now_;
    const auto status =
      db_.db().Put({}, db_[family::meta], extent_key(p_.topic, p_.where.partition),
                   encode_extent({p_.written_end(), own.cleaned_until, own.clean}));
    p_.advance_begin(first_kept_.value_or(until_));
    return to_error(status, "compacting topic " + p_.where.topic);
  });
}

error cleaning::run(const std::function<bool()>& stop) {
  if (auto bad = writer_.call([&]() -> error {
        auto& own = p_.writer;
        until_ = p_.written_end();
        dirty_before_ = own.dirty;
        return {};
      }))
    return bad;
  const auto lower = record_key(p_.topic, p_.where.partition, 0);
  const auto upper = record_key(p_.topic, p_.where.partition, until_);
  const rocksdb::Slice upper_bound = upper;
  rocksdb::ReadOptions how;
  how.fill_cache = false;
  how.readahead_size = 1 << 20;
  how.iterate_upper_bound = &upper_bound;
  const std::unique_ptr<rocksdb::Iterator> it(db_.db().NewIterator(how, db_[family::records]));
  for (it->Seek(lower); it->Valid(); it->Next()) {
    if (auto bad = add(view(it->key()), view(it->value()))) return bad;
    if (piece_.GetDataSize() < piece_bytes && tombstones_.size() < 4096) continue;
    if (auto bad = write_piece()) return bad;
    if (stop()) return {};
  }
  if (!it->status().ok()) return to_error(it->status(), "compacting topic " + p_.where.topic);
  return finish();
}

} // namespace

error clean(const rocks& db, const catalog& topics, const group_offsets& groups, pipeline& writer,
            const options& settings, const std::function<bool()>& stop) {
  for (auto* t : topics.all()) {
    if (!t->options.compacted) continue;
    for (const auto& p : t->partitions) {
      auto due = false;
      std::int64_t tombstones_ms = 0;
      if (auto bad = writer.call([&]() -> error {
            auto& own = p->writer;
            const auto now = settings.now_ms();
            tombstones_ms = t->options.retention_ms;
            if (own.cleaned_at == 0) own.cleaned_at = now;
            due =
              own.dirty > 0 && (own.dirty >= std::max(settings.compaction_bytes, own.clean / 2) ||
                                now - own.cleaned_at >= settings.tombstone_delay.count());
            return {};
          }))
        return bad;
      if (!due) continue;
      cleaning pass(db, writer, settings, *p, groups.needed(t->id, p->where.partition),
                    tombstones_ms);
      if (auto bad = pass.run(stop)) return bad;
      if (stop()) return {};
    }
  }
  return {};
}

} // namespace riq::storage::embedded
