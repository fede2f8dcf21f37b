#pragma once
// The event log port in memory, for tests: everything happens in the caller's thread, at once, so
// a test decides when. Keeps its records over the life of the actors that use it, so an actor can
// be killed and started again on the same log.

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "messages/partition.hpp"
#include "storage/event_log.hpp"

namespace riq::testing {

class memory_log : public storage::event_log {
 public:
  /// Given back by every append until it is empty again.
  error failing;

  error ensure_topic(const storage::topic_options& topic) override {
    partitions_[topic.name] = topic.partitions;
    return {};
  }

  std::int32_t partitions(std::string_view topic) const override {
    const auto found = partitions_.find(std::string{topic});
    return found == partitions_.end() ? 0 : found->second;
  }

  std::int32_t partition_of(std::string_view topic, std::string_view key) const override {
    return riq::partition_of(key, partitions(topic));
  }

  error append(std::vector<storage::outgoing_record> records, storage::durability,
               storage::append_done done) override {
    if (failing) return failing;
    std::vector<std::int64_t> offsets;
    for (auto& r : records) {
      const auto p = r.partition >= 0 ? r.partition : partition_of(r.topic, r.key);
      auto& kept = records_[{r.topic, p}];
      offsets.push_back(static_cast<std::int64_t>(kept.size()));
      kept.push_back({offsets.back(), r.timestamp, std::move(r.key), std::move(r.value),
                      std::move(r.headers), r.tombstone});
    }
    if (done) done(offsets);
    deliver();
    return {};
  }

  std::unique_ptr<storage::subscription> subscribe(topic_partition where, std::int64_t from,
                                                   storage::batch_sink sink) override {
    auto f = std::make_shared<follower>(follower{this, std::move(where), from, 0, std::move(sink)});
    followers_.push_back(f);
    return std::make_unique<handle>(f);
  }

  storage::offset_range range(const topic_partition& where) const override {
    const auto found = records_.find(where);
    return {0, found == records_.end() ? 0 : static_cast<std::int64_t>(found->second.size())};
  }

  void commit(std::string_view group, const topic_partition& where, std::int64_t next) override {
    committed_[{std::string{group}, where}] = next;
  }

  std::int64_t committed(std::string_view group, const topic_partition& where) const override {
    const auto found = committed_.find({std::string{group}, where});
    return found == committed_.end() ? -1 : found->second;
  }

  error health() const override { return failing; }

  const std::vector<log_record>& records(std::string_view topic, std::int32_t partition) {
    return records_[{std::string{topic}, partition}];
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

 private:
  struct follower {
    memory_log* log;
    topic_partition where;
    std::int64_t next;
    std::size_t credit;
    storage::batch_sink sink;

    bool step() {
      const auto& kept = log->records_[where];
      const auto end = static_cast<std::int64_t>(kept.size());
      if (credit == 0 || next >= end) return false;
      record_batch batch;
      batch.from = where;
      for (; credit > 0 && next < end; --credit) batch.records.push_back(kept[static_cast<std::size_t>(next++)]);
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

  std::map<std::string, std::int32_t> partitions_;
  std::map<topic_partition, std::vector<log_record>> records_;
  std::vector<std::weak_ptr<follower>> followers_;
  std::map<std::pair<std::string, topic_partition>, std::int64_t> committed_;
};

} // namespace riq::testing
