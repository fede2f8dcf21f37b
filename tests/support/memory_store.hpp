#pragma once
// The state store port in memory, for tests; answers in the caller's thread, at once or when the
// test lets it.

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "storage/state_store.hpp"
#include "tests/support/crash_journal.hpp"

namespace riq::testing {

class memory_store : public storage::state_store {
 public:
  explicit memory_store(std::shared_ptr<crash_journal> journal = {})
    : journal_(std::move(journal)) {}

  /// The outcome of every commit until it is empty again.
  error failing;
  /// The same for loads.
  error failing_loads;
  /// Given back at once by commits and loads until it is empty again, as a full queue does.
  error refusing;
  /// While set, commits and loads wait for `release`.
  bool holding = false;
  std::size_t loads = 0;
  std::size_t commits = 0;

  error load(std::int32_t shard, std::vector<std::string> keys, storage::load_done done) override {
    if (refusing) return refusing;
    ++loads;
    later([this, shard, keys = std::move(keys), done = std::move(done)] {
      if (failing_loads) return done(failing_loads);
      std::vector<std::optional<std::string>> out;
      for (const auto& key : keys) out.push_back(value(shard, key));
      done(std::move(out));
    });
    return {};
  }

  error commit(storage::state_commit batch, std::function<void(error)> done) override {
    if (refusing) return refusing;
    later([this, batch = std::move(batch), done = std::move(done)] {
      if (failing) return done(failing);
      ++commits;
      // All of it or nothing: one step of the journal.
      std::vector<std::function<void()>> undo;
      for (const auto& w : batch.writes) undo.push_back(write(batch.shard, w));
      auto& position = positions_.try_emplace(batch.shard, -1).first->second;
      undo.push_back([&position, old = position] { position = old; });
      position = batch.position;
      if (journal_)
        journal_->did([undo = std::move(undo)] {
          for (auto step = undo.rbegin(); step != undo.rend(); ++step) (*step)();
        });
      done({});
    });
    return {};
  }

  std::int64_t position(std::int32_t shard) const override {
    const auto found = positions_.find(shard);
    return found == positions_.end() ? -1 : found->second;
  }

  error due(std::int32_t shard, storage::due_entry from, std::int64_t until, std::size_t limit,
            storage::due_done done) override {
    std::vector<storage::due_entry> out;
    for (auto it = due_.upper_bound({shard, from.due, from.key});
         it != due_.end() && std::get<0>(*it) == shard && std::get<1>(*it) <= until &&
         out.size() < limit;
         ++it)
      out.push_back({std::get<1>(*it), std::get<2>(*it)});
    done(std::move(out));
    return {};
  }

  error scan(std::int32_t shard, std::string from, std::size_t limit,
             storage::scan_done done) override {
    if (refusing) return refusing;
    later([this, shard, from = std::move(from), limit, done = std::move(done)] {
      if (failing_loads) return done(failing_loads);
      std::vector<std::pair<std::string, std::string>> out;
      for (const auto& [key, value] : values_)
        if (key.first == shard && key.second > from && out.size() < limit)
          out.emplace_back(key.second, value);
      done(std::move(out));
    });
    return {};
  }

  std::uint64_t approximate_keys(std::int32_t shard) const override {
    std::uint64_t n = 0;
    for (const auto& [key, value] : values_) n += key.first == shard;
    return n;
  }
  std::uint64_t bytes_on_disk() const override { return 0; }

  /// Lets what was held happen, in its order.
  void release() {
    for (auto& act : std::exchange(held_, {})) act();
  }

  /// What was held never happens: the process died before.
  void forget() { held_.clear(); }

  std::optional<std::string> value(std::int32_t shard, const std::string& key) const {
    const auto found = values_.find({shard, key});
    return found == values_.end() ? std::nullopt : std::optional{found->second};
  }
  /// Keys that are users: the shard's own begin with a NUL.
  std::uint64_t users(std::int32_t shard) const {
    std::uint64_t n = 0;
    for (const auto& [key, value] : values_)
      n += key.first == shard && !key.second.starts_with('\0');
    return n;
  }
  /// The shard's own entries.
  std::map<std::string, std::string> own_entries(std::int32_t shard) const {
    std::map<std::string, std::string> out;
    for (const auto& [key, value] : values_)
      if (key.first == shard && key.second.starts_with('\0')) out.emplace(key.second, value);
    return out;
  }
  void put(std::int32_t shard, const std::string& key, std::string value) {
    values_[{shard, key}] = std::move(value);
  }
  bool has(std::int32_t shard, const std::string& key) const {
    return values_.contains({shard, key});
  }
  std::size_t due_entries() const { return due_.size(); }

 private:
  using due_key = std::tuple<std::int32_t, std::int64_t, std::string>;

  void later(std::function<void()> act) {
    if (holding)
      held_.push_back(std::move(act));
    else
      act();
  }

  /// Returns what takes it back.
  std::function<void()> write(std::int32_t shard, const storage::state_write& w) {
    const auto key = std::pair{shard, w.key};
    const due_key before{shard, w.old_due, w.key};
    const due_key after{shard, w.due, w.key};
    const bool had_before = w.old_due > 0 && due_.erase(before) > 0;
    const bool is_new = w.due > 0 && due_.insert(after).second;
    auto undo = [this, key, old_value = value(shard, w.key), before, after, had_before, is_new] {
      if (is_new) due_.erase(after);
      if (had_before) due_.insert(before);
      if (old_value)
        values_[key] = *old_value;
      else
        values_.erase(key);
    };
    if (w.value)
      values_[key] = *w.value;
    else
      values_.erase(key);
    return undo;
  }

  std::shared_ptr<crash_journal> journal_;
  std::map<std::pair<std::int32_t, std::string>, std::string> values_;
  std::map<std::int32_t, std::int64_t> positions_;
  std::set<due_key> due_;
  std::vector<std::function<void()>> held_;
};

} // namespace riq::testing
