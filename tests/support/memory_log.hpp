#pragma once
// The event log port in memory, for tests: everything happens in the caller's thread, at once, so
// a test decides when. Keeps its records over the life of the actors that use it, so an actor can
// be killed and started again on the same log.

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "messages/partition.hpp"
#include "storage/event_log.hpp"
#include "tests/support/crash_journal.hpp"

namespace riq::testing {

class memory_log : public storage::event_log {
 public:
  explicit memory_log(std::shared_ptr<crash_journal> journal = {}) : journal_(std::move(journal)) {}

  /// Given back by every append until it is empty again.
  error failing;
  /// While set, appends are taken, but lost: their outcome is this error.
  error losing;
  /// While set, outcomes wait for `release`.
  bool holding = false;
  std::size_t appends = 0;

  error ensure_topic(const storage::topic_options& topic) override {
    partitions_[topic.name] = topic.partitions;
    return {};
  }

  std::int32_t partitions(std::string_view topic) const override {
    const auto found = partitions_.find(std::string{topic});
    return found == partitions_.end() ? 0 : found->second;
  }

  std::int32_t partition_of(std::string_view topic, std::string_view key) const override {
    const auto n = partitions(topic);
    return n == 0 ? -1 : riq::partition_of(key, n);
  }

  error append(std::vector<storage::outgoing_record> records, storage::durability safety,
               storage::append_done done) override {
    if (failing) return failing;
    for (const auto& r : records)
      if (r.partition < 0 && partitions(r.topic) == 0)
        return {ec::not_found, "topic", "no topic " + r.topic};
    ++appends;
    const bool wanted = done != nullptr;
    if (losing) {
      tell([done = std::move(done), why = losing] { done(why); }, wanted);
      return {};
    }
    std::vector<std::int64_t> offsets;
    for (auto& r : records) offsets.push_back(keep(std::move(r)));
    if (journal_ && safety == storage::durability::synced) journal_->synced();
    tell([done = std::move(done), offsets = std::move(offsets)] { done(offsets); }, wanted);
    deliver();
    return {};
  }

  std::unique_ptr<storage::subscription> subscribe(topic_partition where, std::int64_t from,
                                                   storage::batch_sink sink) override {
    auto f = std::make_shared<follower>(
      follower{this, std::move(where), std::max<std::int64_t>(from, 0), 0, std::move(sink)});
    std::erase_if(followers_, [](const auto& weak) { return weak.expired(); });
    followers_.push_back(f);
    return std::make_unique<handle>(f);
  }

  storage::offset_range range(const topic_partition& where) const override {
    const auto found = records_.find(where);
    return {0, found == records_.end() ? 0 : static_cast<std::int64_t>(found->second.size())};
  }

  void commit(std::string_view group, const topic_partition& where, std::int64_t next) override {
    auto& place = committed_.try_emplace({std::string{group}, where}, -1).first->second;
    if (journal_) journal_->did([&place, old = place] { place = old; });
    place = next;
  }

  std::int64_t committed(std::string_view group, const topic_partition& where) const override {
    const auto found = committed_.find({std::string{group}, where});
    return found == committed_.end() ? -1 : found->second;
  }

  void keep_groups(std::string_view topic, const std::vector<std::string>& groups) override {
    std::erase_if(committed_, [&](const auto& c) {
      const auto& [group, where] = c.first;
      return where.topic == topic && std::ranges::find(groups, group) == groups.end();
    });
  }

  std::string identity() const override { return "memory"; }
  error health() const override { return failing; }

  const std::vector<log_record>& records(std::string_view topic, std::int32_t partition = 0) {
    return records_[{std::string{topic}, partition}];
  }

  /// Lets the outcomes that were held go.
  void release() {
    for (auto& tell : std::exchange(held_, {})) tell();
  }

  /// Drops the outcomes that were held: nobody lives to hear them.
  void forget() { held_.clear(); }

  /// Ends every subscription of the topic with this error.
  void break_readers(std::string_view topic, const error& why) {
    for (auto& weak : std::vector(followers_)) {
      const auto f = weak.lock();
      if (!f || f->where.topic != topic || f->ended) continue;
      f->ended = true;
      f->sink(why);
    }
  }

  /// Hands on what followers have credit for.
  void deliver() {
    for (bool moved = true; moved;) {
      moved = false;
      for (auto& weak : std::vector(followers_)) {
        const auto f = weak.lock();
        if (f && f->step()) moved = true;
      }
    }
  }

  /// An empty batch to every follower of the topic, as compaction leaves them.
  void deliver_nothing(std::string_view topic) {
    for (auto& weak : std::vector(followers_)) {
      const auto f = weak.lock();
      if (!f || f->where.topic != topic || f->ended) continue;
      record_batch batch;
      batch.from = f->where;
      batch.next = f->next;
      batch.end = range(f->where).end;
      f->sink(std::move(batch));
    }
  }

 private:
  struct follower {
    memory_log* log;
    topic_partition where;
    std::int64_t next;
    std::size_t credit;
    storage::batch_sink sink;
    bool ended = false;

    bool step() {
      const auto& kept = log->records_[where];
      const auto end = static_cast<std::int64_t>(kept.size());
      if (ended || credit == 0 || next >= end) return false;
      record_batch batch;
      batch.from = where;
      for (; credit > 0 && next < end; --credit)
        batch.records.push_back(kept[static_cast<std::size_t>(next++)]);
      batch.next = next;
      batch.end = end;
      sink(std::move(batch));
      return true;
    }
  };

  struct handle : storage::subscription {
    explicit handle(std::shared_ptr<follower> f) : f(std::move(f)) {}
    void grant(std::size_t records) override {
      f->credit += records;
      f->log->deliver();
    }
    std::shared_ptr<follower> f;
  };

  std::int64_t keep(storage::outgoing_record&& r) {
    const auto p = r.partition >= 0 ? r.partition : partition_of(r.topic, r.key);
    auto& kept = records_[{r.topic, p}];
    const auto offset = static_cast<std::int64_t>(kept.size());
    kept.push_back({offset, r.timestamp, std::move(r.key), std::move(r.value), std::move(r.headers),
                    r.tombstone});
    if (journal_) journal_->did([&kept] { kept.pop_back(); });
    return offset;
  }

  void tell(std::function<void()> outcome, bool wanted) {
    if (!wanted) return;
    if (holding)
      held_.push_back(std::move(outcome));
    else
      outcome();
  }

  std::shared_ptr<crash_journal> journal_;
  std::map<std::string, std::int32_t> partitions_;
  std::map<topic_partition, std::vector<log_record>> records_;
  std::vector<std::weak_ptr<follower>> followers_;
  std::map<std::pair<std::string, topic_partition>, std::int64_t> committed_;
  std::vector<std::function<void()>> held_;
};

} // namespace riq::testing
