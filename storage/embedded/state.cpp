#include "storage/embedded/state.hpp"

#include <algorithm>
#include <limits>
#include <memory>
#include <string_view>
#include <utility>

#include "storage/embedded/disk_space.hpp"
#include "storage/embedded/keys.hpp"

namespace riq::storage::embedded {

namespace {

std::uint64_t hash_of(std::int32_t shard, std::string_view key) {
  return std::hash<std::string_view>{}(key)*31 + static_cast<std::uint32_t>(shard);
}

error busy() {
  return {ec::queue_full, "", "Too many reads are waiting; try again later."};
}

/// The first position of a shard's due index that a query may find something at.
std::string due_start(std::int32_t shard, const due_entry& from, std::int64_t floor) {
  // The entry itself is excluded: the next possible key is the same with a zero byte.
  if (from.due >= floor) return due_key(shard, from.due, from.key).append(1, '\0');
  return due_key(shard, floor, {});
}

} // namespace

error embedded_state::read(bool after_commits, readers::task task) {
  if (!after_commits) return pool_.urgent(std::move(task)) ? error{} : busy();
  if (waiting_.fetch_add(1) >= settings_.read_requests) {
    waiting_.fetch_sub(1);
    return busy();
  }
  writer_.after_queued([this, task = std::move(task)]() mutable {
    waiting_.fetch_sub(1);
    pool_.urgent_admitted(std::move(task));
  });
  return {};
}

error embedded_state::load(std::int32_t shard, std::vector<std::string> keys, load_done done) {
  auto after_commits = false;
  {
    const std::lock_guard lock(mutex_);
    if (!queued_.empty())
      after_commits = std::any_of(keys.begin(), keys.end(), [&](const std::string& key) {
        return queued_.contains(hash_of(shard, key));
      });
  }
  return read(after_commits, [this, shard, keys = std::move(keys), done = std::move(done)] {
    std::vector<std::string> stored;
    stored.reserve(keys.size());
    for (const auto& key : keys) stored.push_back(state_key(shard, key));
    const std::vector<rocksdb::Slice> slices(stored.begin(), stored.end());
    std::vector<rocksdb::PinnableSlice> values(keys.size());
    std::vector<rocksdb::Status> statuses(keys.size());
    db_.db().MultiGet({}, db_[family::state], keys.size(), slices.data(), values.data(),
                      statuses.data());
    std::vector<std::optional<std::string>> out(keys.size());
    for (std::size_t i = 0; i < keys.size(); ++i) {
      if (statuses[i].ok())
        out[i].emplace(values[i].data(), values[i].size());
      else if (!statuses[i].IsNotFound())
        return done(to_error(statuses[i], "loading state"));
    }
    done(std::move(out));
  });
}

error embedded_state::commit(state_commit batch, std::function<void(error)> done) {
  // The one writer finds the place of a key close to the one before.
  std::ranges::stable_sort(batch.writes, {}, &state_write::key);
  std::vector<std::uint64_t> hashes;
  hashes.reserve(batch.writes.size());
  auto earliest = std::int64_t{0};
  for (const auto& write : batch.writes) {
    hashes.push_back(hash_of(batch.shard, write.key));
    if (write.due != 0) earliest = earliest == 0 ? write.due : std::min(earliest, write.due);
  }
  // The floor is lowered when the entry is there, and before the reads that wait for it run.
  const auto settle = [this, shard = batch.shard, earliest](const std::vector<std::uint64_t>& all) {
    const std::lock_guard lock(mutex_);
    if (earliest != 0) {
      auto& floor = floors_[shard];
      floor.floor = std::min(floor.floor, earliest);
      ++floor.version;
    }
    for (const auto hash : all)
      if (const auto at = queued_.find(hash); --at->second == 0) queued_.erase(at);
  };
  {
    const std::lock_guard lock(mutex_);
    for (const auto hash : hashes) ++queued_[hash];
  }
  auto refused =
    writer_.commit({std::move(batch), [settle, hashes, done = std::move(done)](const error& e) {
                      settle(hashes);
                      if (done) done(e);
                    }});
  if (refused) settle(hashes);
  return refused;
}

std::int64_t embedded_state::position(std::int32_t shard) const {
  const auto value = db_.get(family::meta, position_key(shard));
  if (!value || !*value || (*value)->size() != 8) return -1;
  return static_cast<std::int64_t>(get_le64((*value)->data()));
}

void embedded_state::read_due(std::int32_t shard, const due_entry& from, std::int64_t until,
                              std::size_t limit, const due_done& done) {
  due_floor known;
  {
    const std::lock_guard lock(mutex_);
    known = floors_[shard];
  }
  const auto end = shard_end(shard);
  const rocksdb::Slice upper = end;
  rocksdb::ReadOptions how;
  how.iterate_upper_bound = &upper;
  const std::unique_ptr<rocksdb::Iterator> it(db_.db().NewIterator(how, db_[family::due]));
  std::vector<due_entry> out;
  auto first = until == std::numeric_limits<std::int64_t>::max() ? until : until + 1;
  for (it->Seek(due_start(shard, from, known.floor)); it->Valid(); it->Next()) {
    const auto key = view(it->key());
    if (key.size() < 12) continue;
    const auto at = static_cast<std::int64_t>(get_be64(key.data() + 4) ^ (std::uint64_t{1} << 63));
    if (out.empty()) first = std::min(first, at);
    if (at > until || out.size() >= limit) break;
    out.push_back({at, std::string(key.substr(12))});
  }
  if (!it->status().ok()) return done(to_error(it->status(), "reading the due index"));
  if (from.due < known.floor || (from.due == 0 && from.key.empty())) {
    const std::lock_guard lock(mutex_);
    auto& now = floors_[shard];
    if (now.version == known.version) now.floor = std::max(now.floor, first);
  }
  done(std::move(out));
}

error embedded_state::due(std::int32_t shard, due_entry from, std::int64_t until, std::size_t limit,
                          due_done done) {
  auto after_commits = false;
  {
    const std::lock_guard lock(mutex_);
    after_commits = !queued_.empty();
  }
  return read(after_commits,
              [this, shard, from = std::move(from), until, limit, done = std::move(done)] {
                read_due(shard, from, until, limit, done);
              });
}

error embedded_state::scan(std::int32_t shard, std::string from, std::size_t limit,
                           scan_done done) {
  auto after_commits = false;
  {
    const std::lock_guard lock(mutex_);
    after_commits = !queued_.empty();
  }
  return read(after_commits, [this, shard, from = std::move(from), limit, done = std::move(done)] {
    const auto end = shard_end(shard);
    const rocksdb::Slice upper = end;
    rocksdb::ReadOptions how;
    how.iterate_upper_bound = &upper;
    how.fill_cache = false;
    const std::unique_ptr<rocksdb::Iterator> it(db_.db().NewIterator(how, db_[family::state]));
    auto start = state_key(shard, from);
    if (!from.empty()) start.push_back('\0');
    std::vector<std::pair<std::string, std::string>> out;
    for (it->Seek(start); it->Valid() && out.size() < limit; it->Next())
      out.emplace_back(view(it->key()).substr(4), view(it->value()));
    if (!it->status().ok()) return done(to_error(it->status(), "scanning state"));
    done(std::move(out));
  });
}

std::uint64_t embedded_state::approximate_keys(std::int32_t shard) const {
  const std::lock_guard lock(mutex_);
  const auto known = keys_.find(shard);
  return known == keys_.end() ? 0 : known->second;
}

std::uint64_t embedded_state::bytes_on_disk() const {
  return bytes_;
}

void embedded_state::measure() {
  bytes_ = used_bytes(settings_.path);
  std::unordered_map<std::int32_t, std::uint64_t> keys;
  const std::unique_ptr<rocksdb::Iterator> it(db_.db().NewIterator({}, db_[family::meta]));
  for (it->Seek(position_prefix); it->Valid() && it->key().starts_with(position_prefix); it->Next())
    if (it->key().size() == position_prefix.size() + 4) {
      const auto shard =
        static_cast<std::int32_t>(get_be32(it->key().data() + position_prefix.size()));
      keys.emplace(shard, count_keys(shard));
    }
  if (!it->status().ok()) return; // the old figures are better than half of the new
  const std::lock_guard lock(mutex_);
  keys_ = std::move(keys);
}

std::uint64_t embedded_state::count_keys(std::int32_t shard) const {
  const auto begin = shard_begin(shard);
  const auto end = shard_end(shard);
  const rocksdb::Range mine{begin, end};
  const rocksdb::Range all{"", "\xff\xff\xff\xff"};
  auto* const states = db_[family::state];
  std::uint64_t in_memory = 0;
  std::uint64_t all_in_memory = 0;
  std::uint64_t bytes = 0;
  db_.db().GetApproximateMemTableStats(states, mine, &in_memory, &bytes);
  db_.db().GetApproximateMemTableStats(states, all, &all_in_memory, &bytes);
  std::uint64_t keys = 0;
  db_.db().GetIntProperty(states, rocksdb::DB::Properties::kEstimateNumKeys, &keys);
  const auto in_files = keys > all_in_memory ? keys - all_in_memory : 0;
  std::uint64_t sizes[2] = {0, 0};
  const rocksdb::Range ranges[2] = {mine, all};
  if (!db_.db().GetApproximateSizes(states, ranges, 2, sizes).ok() || sizes[1] == 0)
    return in_memory;
  return in_memory +
         static_cast<std::uint64_t>(static_cast<double>(in_files) * static_cast<double>(sizes[0]) /
                                    static_cast<double>(sizes[1]));
}

} // namespace riq::storage::embedded
