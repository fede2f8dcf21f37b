#include "storage/embedded/log_reader.hpp"

#include <algorithm>
#include <string>

#include "storage/embedded/keys.hpp"
#include "storage/embedded/record_batch.hpp"

namespace riq::storage::embedded {

namespace {

constexpr std::size_t max_bytes = std::size_t{1} << 20;

/// Whoever is that far behind reads ahead in large pieces.
constexpr std::int64_t far_behind = 20'000;

/// Moves records of an encoded run to `out`. False when it is full.
result<bool> take(std::string_view in, std::int64_t base, const topic_partition& where,
                  std::int64_t stop, std::size_t max_records, std::size_t& bytes,
                  record_batch& out) {
  for (auto next = base; !in.empty();) {
    const auto record = decode_record(in, next);
    if (!record) return corrupt_batch(where, base, "a record is malformed");
    if (record->offset < out.next) continue;
    if (record->offset >= stop) return true;
    if (out.records.size() >= max_records || bytes >= max_bytes) return false;
    auto own = materialise(*record);
    if (!own) return corrupt_batch(where, base, "a record's headers are malformed");
    bytes += record->key.size() + record->value.size();
    out.records.push_back(std::move(*own));
    out.next = next;
  }
  return true;
}

} // namespace

result<record_batch> read_stored(const rocks& db, const partition& where, std::int64_t from,
                                 std::int64_t stop, std::size_t max_records) {
  record_batch out;
  out.from = where.where;
  out.next = from;
  out.records.reserve(std::min<std::size_t>(max_records, static_cast<std::size_t>(stop - from)));
  const auto lower = record_key(where.topic, where.where.partition, 0);
  const auto upper = record_key(where.topic, where.where.partition, stop);
  const rocksdb::Slice lower_bound = lower;
  const rocksdb::Slice upper_bound = upper;
  rocksdb::ReadOptions how;
  how.fill_cache = false; // the operating system's cache serves those who follow
  how.iterate_lower_bound = &lower_bound;
  how.iterate_upper_bound = &upper_bound;
  if (stop - from > far_behind) how.readahead_size = 1 << 20;
  const std::unique_ptr<rocksdb::Iterator> it(db.db().NewIterator(how, db[family::records]));
  // The batch that holds `from` may begin before it.
  const auto start = record_key(where.topic, where.where.partition, from);
  it->SeekForPrev(start);
  if (!it->Valid() && it->status().ok()) it->Seek(start);
  std::size_t bytes = 0;
  for (; it->Valid(); it->Next()) {
    auto value = view(it->value());
    const auto header = open_batch(view(it->key()), value, where.where);
    if (!header) return header.error();
    const auto base = base_of(view(it->key()));
    if (base + header->span <= from) continue;
    const auto more = take(value, base, where.where, stop, max_records, bytes, out);
    if (!more) return more.error();
    if (!*more) return out;
    out.next = std::min(stop, std::max(out.next, base + header->span));
  }
  if (!it->status().ok())
    return to_error(it->status(), "reading topic " + where.where.topic + ", partition " +
                                    std::to_string(where.where.partition) + " from offset " +
                                    std::to_string(out.next));
  out.next = stop;
  return out;
}

result<record_batch> read_tail(const partition& where, const window& w, std::size_t max_records) {
  record_batch out;
  out.from = where.where;
  out.next = w.from;
  std::size_t bytes = 0;
  for (const auto& s : w.slabs) {
    const auto more = take(s->records, s->base, where.where, s->end(), max_records, bytes, out);
    if (!more) return more.error();
    if (!*more) return out;
  }
  out.next = w.stop;
  return out;
}

} // namespace riq::storage::embedded
