#include "storage/embedded/restore.hpp"

#include <algorithm>
#include <memory>

#include "storage/embedded/keys.hpp"
#include "storage/embedded/record_batch.hpp"

namespace riq::storage::embedded {

namespace {

/// Calls `visit(key, value)` for each entry of the family `meta` whose key begins with `prefix`.
template <class F>
error each_meta(const rocks& db, std::string_view prefix, F&& visit) {
  const std::unique_ptr<rocksdb::Iterator> it(db.db().NewIterator({}, db[family::meta]));
  for (it->Seek(slice(prefix)); it->Valid() && view(it->key()).starts_with(prefix); it->Next())
    if (error bad = visit(view(it->key()), view(it->value()))) return bad;
  return to_error(it->status(), "reading the topics");
}

error damaged(std::string_view what) {
  return {ec::corrupt, "",
          "The database's entry of " + std::string(what) +
            " is malformed. Restore a backup or open with repair."};
}

result<extent> read_extent(const rocks& db, const partition& p) {
  const auto value = db.get(family::meta, extent_key(p.topic, p.where.partition));
  if (!value) return value.error();
  if (!*value) return extent{};
  if ((*value)->size() < 24) return damaged("the extent of topic " + p.where.topic);
  const auto* bytes = (*value)->data();
  return extent{static_cast<std::int64_t>(get_le64(bytes)),
                static_cast<std::int64_t>(get_le64(bytes + 8)), get_le64(bytes + 16)};
}

error restore_segments(const rocks& db, partition& p) {
  auto prefix = segment_key(p.topic, p.where.partition, 0);
  prefix.resize(prefix.size() - 8);
  auto& segments = p.writer.segments;
  return each_meta(db, prefix, [&](std::string_view key, std::string_view value) -> error {
    if (value.size() < 24 || key.size() != prefix.size() + 8)
      return damaged("a segment of topic " + p.where.topic);
    const segment s{static_cast<std::int64_t>(get_be64(key.data() + prefix.size())),
                    static_cast<std::int64_t>(get_le64(value.data())), get_le64(value.data() + 8),
                    static_cast<std::int64_t>(get_le64(value.data() + 16))};
    segments.closed.push_back(s);
    segments.total += s.bytes;
    return {};
  });
}

error restore_partition(const rocks& db, std::int64_t at_least, partition& p) {
  const auto known = read_extent(db, p);
  if (!known) return known.error();
  if (auto bad = restore_segments(db, p)) return bad;
  auto& own = p.writer;
  own.cleaned_until = known->cleaned_until;
  own.clean = known->clean_bytes;

  const auto lower = record_key(p.topic, p.where.partition, 0);
  const auto upper = record_key(p.topic, p.where.partition + 1, 0);
  const rocksdb::Slice upper_bound = upper;
  rocksdb::ReadOptions how;
  how.fill_cache = false;
  how.iterate_upper_bound = &upper_bound;
  const std::unique_ptr<rocksdb::Iterator> it(db.db().NewIterator(how, db[family::records]));
  const auto doing = [&] {
    return "reading topic " + p.where.topic + ", partition " + std::to_string(p.where.partition);
  };
  it->Seek(lower);
  if (!it->status().ok()) return to_error(it->status(), doing());
  auto end = std::max(known->end, at_least);
  auto begin = end;
  const auto any = it->Valid();
  if (any) begin = base_of(view(it->key()));

  // What is newer than the last closed segment, or than the last cleaning.
  auto from = p.compacted ? own.cleaned_until
                          : (own.segments.closed.empty() ? 0 : own.segments.closed.back().end);
  if (any) it->Seek(record_key(p.topic, p.where.partition, from));
  if (any && !it->Valid() && it->status().ok()) it->SeekForPrev(upper); // for its end alone
  for (; it->Valid() && view(it->key()) >= lower; it->Next()) {
    auto value = view(it->value());
    const auto size = it->key().size() + value.size();
    const auto base = base_of(view(it->key()));
    const auto header = open_batch(view(it->key()), value, p.where);
    if (!header) return header.error();
    end = std::max(end, base + header->span);
    if (base < from) continue;
    if (p.compacted)
      own.dirty += size;
    else
      own.segments.add(base, base + header->span, size, header->appended);
  }
  if (!it->status().ok()) return to_error(it->status(), doing());
  if (!any) begin = end;
  p.restore({begin, end});
  return {};
}

/// The highest position that a shard of this number has committed, 0 when it has none.
result<std::int64_t> shard_position(const rocks& db, std::int32_t shard) {
  const auto value = db.get(family::meta, position_key(shard));
  if (!value) return value.error();
  if (!*value || (*value)->size() != 8) return std::int64_t{0};
  return static_cast<std::int64_t>(get_le64((*value)->data()));
}

} // namespace

error restore(const rocks& db, bool repaired, catalog& topics, group_offsets& groups) {
  if (auto bad = each_meta(db, "T", [&](std::string_view key, std::string_view value) -> error {
        auto known = decode_topic(key.substr(1), value);
        if (!known) return damaged("topic " + std::string(key.substr(1)));
        topics.add(known->first, std::move(known->second));
        return {};
      }))
    return bad;
  if (auto bad = each_meta(db, "G", [&](std::string_view key, std::string_view value) -> error {
        if (value.size() != 8) return damaged("a group's offset");
        groups.restore(key, static_cast<std::int64_t>(get_le64(value.data())));
        return {};
      }))
    return bad;
  for (auto* t : topics.all())
    for (const auto& p : t->partitions) {
      auto at_least = std::max<std::int64_t>(groups.highest(t->id, p->where.partition), 0);
      if (repaired) {
        const auto position = shard_position(db, p->where.partition);
        if (!position) return position.error();
        at_least = std::max(at_least, *position);
      }
      if (auto bad = restore_partition(db, at_least, *p)) return bad;
    }
  return {};
}

std::string encode_extent(const extent& e) {
  std::string out;
  put_le64(out, static_cast<std::uint64_t>(e.end));
  put_le64(out, static_cast<std::uint64_t>(e.cleaned_until));
  put_le64(out, e.clean_bytes);
  return out;
}

} // namespace riq::storage::embedded
