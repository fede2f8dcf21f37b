#pragma once
// The state store port in memory, for tests; answers in the caller's thread, at once.

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "storage/state_store.hpp"

namespace riq::testing {

class memory_store : public storage::state_store {
 public:
  /// Given back by every commit until it is empty again.
  error failing;
  std::size_t loads = 0;
  std::size_t commits = 0;

  error load(std::int32_t shard, std::vector<std::string> keys, storage::load_done done) override {
    ++loads;
    std::vector<std::optional<std::string>> out;
    for (const auto& key : keys) {
      const auto found = values_.find({shard, key});
      out.push_back(found == values_.end() ? std::nullopt : std::optional{found->second});
    }
    done(std::move(out));
    return {};
  }

  error commit(storage::state_commit batch, std::function<void(error)> done) override {
    if (failing) {
      done(failing);
      return {};
    }
    ++commits;
    for (auto& w : batch.writes) {
      if (w.old_due > 0) due_.erase({batch.shard, w.old_due, w.key});
      if (w.due > 0) due_.insert({batch.shard, w.due, w.key});
      if (w.value) values_[{batch.shard, w.key}] = *w.value;
      else values_.erase({batch.shard, w.key});
    }
    positions_[batch.shard] = batch.position;
    done({});
    return {};
  }

  std::int64_t position(std::int32_t shard) const override {
    const auto found = positions_.find(shard);
    return found == positions_.end() ? -1 : found->second;
  }

  error due(std::int32_t shard, storage::due_entry from, std::int64_t until, std::size_t limit,
            storage::due_done done) override {
    std::vector<storage::due_entry> out;
    for (const auto& [s, at, key] : due_)
      if (s == shard && at <= until && storage::due_entry{at, key} > from && out.size() < limit)
        out.push_back({at, key});
    done(std::move(out));
    return {};
  }

  error scan(std::int32_t shard, std::string from, std::size_t limit,
             storage::scan_done done) override {
    std::vector<std::pair<std::string, std::string>> out;
    for (const auto& [key, value] : values_)
      if (key.first == shard && key.second > from && out.size() < limit)
        out.emplace_back(key.second, value);
    done(std::move(out));
    return {};
  }

  std::uint64_t approximate_keys(std::int32_t shard) const override {
    std::uint64_t n = 0;
    for (const auto& [key, value] : values_) n += key.first == shard;
    return n;
  }
  std::uint64_t bytes_on_disk() const override { return 0; }

  bool has(std::int32_t shard, const std::string& key) const { return values_.contains({shard, key}); }
  std::size_t due_entries() const { return due_.size(); }

 private:
  std::map<std::pair<std::int32_t, std::string>, std::string> values_;
  std::map<std::int32_t, std::int64_t> positions_;
  std::set<std::tuple<std::int32_t, std::int64_t, std::string>> due_;
};

} // namespace riq::testing
