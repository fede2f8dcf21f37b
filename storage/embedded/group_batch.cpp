#include "storage/embedded/group_batch.hpp"

#include "storage/embedded/checksum.hpp"
#include "storage/embedded/keys.hpp"
#include "storage/embedded/record_batch.hpp"

namespace riq::storage::embedded {

namespace {

// A follower with little credit reads a batch several times; a batch of this size costs it little.
constexpr std::uint32_t max_batch_records = 1024;
constexpr std::size_t max_batch_bytes = std::size_t{256} << 10;

} // namespace

void group_batch::clear() {
  batch_.Clear();
  for (auto* p : touched_) p->writer.group.clear();
  touched_.clear();
  written_.clear();
  synced_ = false;
}

void group_batch::add(const append_work& w) {
  synced_ = synced_ || (w.safety == durability::synced && !w.parts.empty());
  for (const auto& part : w.parts) {
    if (part.where->writer.group.empty()) touched_.push_back(part.where);
    part.where->writer.group.push_back(part.data);
  }
}

void group_batch::add(const state_work& w) {
  const auto shard = w.commit.shard;
  for (const auto& write : w.commit.writes) {
    const auto key = state_key(shard, write.key);
    if (write.value)
      batch_.Put(db_[family::state], key, *write.value);
    else
      batch_.Delete(db_[family::state], key);
    if (write.old_due != 0 && write.old_due != write.due)
      batch_.Delete(db_[family::due], due_key(shard, write.old_due, write.key));
    if (write.due != 0) batch_.Put(db_[family::due], due_key(shard, write.due, write.key), "");
  }
  if (w.commit.position >= 0)
    batch_.Put(db_[family::meta], position_key(shard), le64(w.commit.position));
}

void group_batch::add(const std::vector<group_offsets::change>& changes) {
  for (const auto& change : changes)
    if (change.next < 0)
      batch_.Delete(db_[family::meta], change.key);
    else
      batch_.Put(db_[family::meta], change.key, le64(change.next));
}

void group_batch::put_records(partition& p, std::size_t first, std::size_t last, std::int64_t now) {
  const auto& group = p.writer.group;
  const auto base = group[first]->base;
  const auto end = group[last - 1]->end();
  const auto key = record_key(p.topic, p.where.partition, base);
  const batch_header header{static_cast<std::uint32_t>(end - base), end - base, now};
  auto crc = crc32c(checked_header(header), crc32c(key));
  for (auto i = first; i < last; ++i) crc = crc32c(group[i]->records, crc);
  const auto head = encode_header(header, crc);
  std::vector<rocksdb::Slice> pieces;
  pieces.reserve(last - first + 1);
  pieces.emplace_back(head);
  std::uint64_t bytes = key.size() + head.size();
  for (auto i = first; i < last; ++i) {
    pieces.emplace_back(group[i]->records);
    bytes += group[i]->records.size();
  }
  const rocksdb::Slice key_slice = key;
  batch_.Put(db_[family::records], rocksdb::SliceParts(&key_slice, 1),
             rocksdb::SliceParts(pieces.data(), static_cast<int>(pieces.size())));
  written_.push_back({&p, base, end, bytes});
}

void group_batch::put_index(partition& p, const slab& s) {
  auto next = s.base;
  for (std::string_view in = s.records; !in.empty();) {
    const auto record = decode_record(in, next);
    if (!record) return; // we encoded it
    batch_.Put(db_[family::index], index_key(p.topic, p.where.partition, record->key),
               le64(record->offset));
  }
}

void group_batch::finish(std::int64_t now) {
  now_ = now;
  for (auto* p : touched_) {
    const auto& group = p->writer.group;
    std::size_t first = 0;
    std::size_t bytes = group[0]->records.size();
    for (std::size_t i = 1; i <= group.size(); ++i) {
      const auto ends = i == group.size() || group[i]->base != group[i - 1]->end() ||
                        group[i]->end() - group[first]->base > max_batch_records ||
                        bytes + group[i]->records.size() > max_batch_bytes;
      if (ends) {
        put_records(*p, first, i, now);
        first = i;
        bytes = 0;
      }
      if (i < group.size()) bytes += group[i]->records.size();
    }
    if (p->compacted)
      for (const auto& s : group) put_index(*p, *s);
    // Segments that the group before closed.
    for (const auto& s : p->writer.segments.unsaved)
      batch_.Put(db_[family::meta], segment_key(p->topic, p->where.partition, s.base),
                 encode_segment(s));
  }
}

const std::vector<partition*>& group_batch::stored(std::size_t tail_bytes) {
  for (auto* p : touched_) p->writer.segments.unsaved.clear();
  for (const auto& w : written_) {
    if (w.where->compacted)
      w.where->writer.dirty += w.bytes;
    else
      w.where->writer.segments.add(w.base, w.end, w.bytes, now_);
  }
  for (auto* p : touched_) p->written(p->writer.group.back()->end(), tail_bytes);
  return touched_;
}

std::string encode_segment(const segment& s) {
  std::string out;
  put_le64(out, static_cast<std::uint64_t>(s.end));
  put_le64(out, s.bytes);
  put_le64(out, static_cast<std::uint64_t>(s.newest));
  return out;
}

} // namespace riq::storage::embedded
