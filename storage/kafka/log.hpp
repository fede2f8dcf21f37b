#pragma once
// The event log port on a Kafka cluster.
//
// What differs from the embedded log: records of one call are stored each on its own, so that a
// call that fails may have left some; a relaxed append is readable when the brokers have it, and
// survives their failures as a synced one does, but the call's `done` is not waited for by its
// maker; both kinds keep their order only among themselves. What brokers refuse of a relaxed append
// that tells nobody is offered to them again until they take it: `health` says why, and no commit
// passes it.
//
// Every partition's records travel in requests of their own. At some thousand events a second each
// record would have its own, on each of its ways, so updates of the item model, which nobody waits
// for (a node shows what it took in after `model.publish_every_ms`), wait for each other.
//
// Lifecycle: `open` waits for a broker. The destructor ends every subscription, sends what is under
// way for some seconds and stores the groups' positions. Threads: one for each of three producers,
// one that reads, one for upkeep, and librdkafka's own.

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "storage/event_log.hpp"
#include "storage/kafka/group_offsets.hpp"
#include "storage/kafka/producer.hpp"
#include "storage/kafka/reader.hpp"
#include "storage/kafka/topics.hpp"

namespace riq::storage::kafka {

class kafka_log final : public event_log {
 public:
  /// `ec::invalid` names a property that is wrong, `ec::storage` brokers that cannot be reached.
  static result<std::unique_ptr<kafka_log>> open(options settings);
  ~kafka_log() override;

  error ensure_topic(const topic_options& topic) override;
  std::int32_t partitions(std::string_view topic) const override;
  std::int32_t partition_of(std::string_view topic, std::string_view key) const override;
  error append(std::vector<outgoing_record> records, durability safety, append_done done) override;
  std::unique_ptr<subscription> subscribe(topic_partition where, std::int64_t from,
                                          batch_sink sink) override;
  offset_range range(const topic_partition& where) const override;
  void ask_ranges(std::vector<topic_partition> where, ranges_done done) override;
  void commit(std::string_view group, const topic_partition& where, std::int64_t next) override;
  std::int64_t committed(std::string_view group, const topic_partition& where) const override;
  /// Brokers retain by time and size, whoever reads, and forget a group that is gone by themselves.
  void keep_groups(std::string_view, const std::vector<std::string>&) override {}
  std::string identity() const override {
    return cluster_id_ + "/" + settings_.client.topic_prefix;
  }
  error health() const override;

  // For the rest of the adapter.
  topic* topic_of(std::string_view name) const { return topics_->find(name); }
  /// Whether all relaxed appends before now are stored; waits for that.
  bool await_relaxed(std::chrono::milliseconds at_most) { return relaxed_->await_settled(at_most); }
  reachability& brokers() { return brokers_; }
  /// Asks again for the ends and positions that a partition's shard, or its event processor, goes
  /// by when it comes here. Blocks.
  error refresh(std::int32_t partition, part of);
  /// Tells the brokers the groups' positions now. Blocks.
  void flush_positions();

 private:
  explicit kafka_log(options settings) : settings_(std::move(settings)) {}
  error start();
  topic* find(const topic_partition& where) const;
  void look_after();
  result<std::vector<offset_range>> ranges_now(const std::vector<topic_partition>& where) const;

  const options settings_;
  reachability brokers_;
  client_handle admin_;
  std::string cluster_id_;
  std::unique_ptr<topic_table> topics_;
  std::unique_ptr<group_offsets> groups_;
  std::unique_ptr<producer> synced_;  // gives up, so that a caller hears of it
  std::unique_ptr<producer> relaxed_; // never gives up
  std::unique_ptr<reader> reader_;

  struct range_question {
    std::vector<topic_partition> where;
    ranges_done done;
  };

  std::mutex mutex_;
  std::condition_variable wanted_;
  std::vector<range_question> questions_; // for the upkeep's thread
  bool stopping_ = false;
  std::thread upkeep_;
};

} // namespace riq::storage::kafka
