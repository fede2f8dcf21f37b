#include "storage/embedded/retention.hpp"

#include <vector>

#include <rocksdb/convenience.h>

#include "storage/embedded/keys.hpp"
#include "storage/embedded/restore.hpp"

namespace riq::storage::embedded {

namespace {

struct cut {
  std::size_t closed = 0; ///< segments to delete
  bool open = false;      ///< the open one too
  std::int64_t end = 0;   ///< everything before it
};

/// What may go. `needed`: the lowest offset that a group needs.
cut plan(const segment_list& segments, const topic_options& topic, std::int64_t needed,
         std::int64_t now) {
  cut c;
  auto left = segments.total;
  const auto expired = [&](const segment& s) {
    return topic.retention_ms > 0 && s.newest < now - topic.retention_ms;
  };
  const auto too_much = [&](const segment& s) {
    return topic.retention_bytes > 0 && left - s.bytes >= topic.retention_bytes;
  };
  for (const auto& s : segments.closed) {
    if (s.end > needed || !(expired(s) || too_much(s))) return c;
    left -= s.bytes;
    ++c.closed;
    c.end = s.end;
  }
  const auto& open = segments.open;
  if (open.bytes > 0 && open.end <= needed && expired(open)) {
    c.open = true;
    c.end = open.end;
  }
  return c;
}

error apply(const rocks& db, partition& p, const cut& c) {
  auto& segments = p.writer.segments;
  rocksdb::WriteBatch batch;
  batch.DeleteRange(db[family::records], record_key(p.topic, p.where.partition, 0),
                    record_key(p.topic, p.where.partition, c.end));
  for (std::size_t i = 0; i < c.closed; ++i)
    batch.Delete(db[family::meta],
                 segment_key(p.topic, p.where.partition, segments.closed[i].base));
  // The partition may be empty now; its next offset must survive a restart.
  batch.Put(db[family::meta], extent_key(p.topic, p.where.partition),
            encode_extent({p.written_end(), 0, 0}));
  const auto status = db.db().Write({}, &batch);
  if (!status.ok()) return to_error(status, "deleting old records of " + p.where.topic);
  for (std::size_t i = 0; i < c.closed; ++i) {
    segments.total -= segments.closed.front().bytes;
    segments.closed.pop_front();
  }
  if (c.open) {
    segments.total -= segments.open.bytes;
    segments.open = {};
  }
  std::erase_if(segments.unsaved, [&](const segment& s) { return s.end <= c.end; });
  p.advance_begin(c.end);
  return {};
}

} // namespace

error retain(const rocks& db, const catalog& topics, const group_offsets& groups, pipeline& writer,
             std::int64_t now) {
  struct deleted {
    partition* where;
    std::int64_t end;
  };
  std::vector<deleted> all;
  auto outcome = writer.call([&]() -> error {
    for (auto* t : topics.all()) {
      if (t->options.compacted) continue;
      for (const auto& p : t->partitions) {
        const auto c =
          plan(p->writer.segments, t->options, groups.needed(t->id, p->where.partition), now);
        if (c.end == 0) continue;
        if (auto bad = apply(db, *p, c)) return bad;
        all.push_back({p.get(), c.end});
      }
    }
    return {};
  });
  if (outcome) return outcome;
  // Files with nothing else in them go at once, the rest when RocksDB compacts it.
  for (const auto& d : all) {
    const auto begin = record_key(d.where->topic, d.where->where.partition, 0);
    const auto end = record_key(d.where->topic, d.where->where.partition, d.end);
    const rocksdb::Slice from = begin;
    const rocksdb::Slice to = end;
    const auto status =
      rocksdb::DeleteFilesInRange(&db.db(), db[family::records], &from, &to, false);
    if (!status.ok()) return to_error(status, "deleting old files");
  }
  return {};
}

} // namespace riq::storage::embedded
