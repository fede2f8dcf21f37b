#include "storage/kafka/topics.hpp"

#include <algorithm>
#include <chrono>
#include <mutex>
#include <thread>
#include <utility>

namespace riq::storage::kafka {

namespace {

/// Kept for nodes that come back with their disk: how long a deletion shows in a compacted topic.
constexpr std::int64_t deletions_kept_ms = std::int64_t{7} * 24 * 3'600'000;
// Between two looks whether a topic that was made is there.
constexpr std::chrono::milliseconds look_again{20};

using new_topic = std::unique_ptr<rd_kafka_NewTopic_t, destroyed_by<rd_kafka_NewTopic_destroy>>;
using admin_options =
  std::unique_ptr<rd_kafka_AdminOptions_t, destroyed_by<rd_kafka_AdminOptions_destroy>>;
using event = std::unique_ptr<rd_kafka_event_t, destroyed_by<rd_kafka_event_destroy>>;

void configure(rd_kafka_NewTopic_t* made, const topic_options& wanted) {
  const auto set = [made](const char* name, const std::string& value) {
    rd_kafka_NewTopic_set_config(made, name, value.c_str());
  };
  if (wanted.compacted) {
    set("cleanup.policy", "compact");
    set("delete.retention.ms", std::to_string(std::max(deletions_kept_ms, wanted.retention_ms)));
    return;
  }
  set("retention.bytes",
      wanted.retention_bytes > 0 ? std::to_string(wanted.retention_bytes) : std::string{"-1"});
  set("retention.ms",
      wanted.retention_ms > 0 ? std::to_string(wanted.retention_ms) : std::string{"-1"});
  // Age counts from the append, as events of an old log carry old times.
  if (wanted.retention_ms > 0) set("message.timestamp.type", "LogAppendTime");
}

} // namespace

void topic::saw_end(std::int32_t partition, std::int64_t end) {
  auto& known = ranges[static_cast<std::size_t>(partition)].end;
  auto before = known.load(std::memory_order_relaxed);
  while (before < end && !known.compare_exchange_weak(before, end, std::memory_order_release)) {
  }
}

void topic::saw_begin(std::int32_t partition, std::int64_t begin) {
  ranges[static_cast<std::size_t>(partition)].begin.store(begin, std::memory_order_release);
}

offset_range topic::range(std::int32_t partition) const {
  const auto& r = ranges[static_cast<std::size_t>(partition)];
  return {r.begin.load(std::memory_order_acquire), r.end.load(std::memory_order_acquire)};
}

topic* topic_table::find(std::string_view name) const {
  const std::shared_lock lock(mutex_);
  const auto found = topics_.find(name);
  return found == topics_.end() ? nullptr : found->second.get();
}

std::vector<topic*> topic_table::all() const {
  const std::shared_lock lock(mutex_);
  std::vector<topic*> out;
  for (const auto& [name, t] : topics_) out.push_back(t.get());
  return out;
}

/// 0 when the broker does not have it.
result<std::int32_t> topic_table::partitions_on_broker(const std::string& wire) const {
  const topic_handle asked{rd_kafka_topic_new(client_, wire.c_str(), nullptr)};
  const rd_kafka_metadata_t* data = nullptr;
  const auto code = rd_kafka_metadata(client_, 0, asked.get(), &data, settings_.request_timeout_ms);
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
    return to_error(code, "asking for topic " + wire + " at " + settings_.client.bootstrap_servers);
  std::int32_t count = 0;
  error failed;
  if (data->topic_cnt == 1) {
    const auto& t = data->topics[0];
    if (t.err == RD_KAFKA_RESP_ERR_NO_ERROR)
      count = t.partition_cnt;
    else if (t.err != RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART)
      failed = to_error(t.err, "asking for topic " + wire);
  }
  rd_kafka_metadata_destroy(data);
  if (failed) return failed;
  return count;
}

error topic_table::create(const std::string& wire, const topic_options& wanted) const {
  char why[256] = {};
  const auto copies = settings_.client.replication > 0 ? settings_.client.replication : -1;
  const new_topic made{
    rd_kafka_NewTopic_new(wire.c_str(), wanted.partitions, copies, why, sizeof why)};
  if (!made) return {ec::invalid, "topic", wire + ": " + why};
  configure(made.get(), wanted);
  const queue_handle answers{rd_kafka_queue_new(client_)};
  const admin_options how{rd_kafka_AdminOptions_new(client_, RD_KAFKA_ADMIN_OP_CREATETOPICS)};
  rd_kafka_AdminOptions_set_request_timeout(how.get(), settings_.request_timeout_ms, nullptr, 0);
  auto* one = made.get();
  rd_kafka_CreateTopics(client_, &one, 1, how.get(), answers.get());
  const event answered{rd_kafka_queue_poll(answers.get(), settings_.request_timeout_ms + 1'000)};
  if (!answered) return {ec::timed_out, "", "Kafka: making topic " + wire + ": no answer"};
  if (const auto code = rd_kafka_event_error(answered.get()); code != RD_KAFKA_RESP_ERR_NO_ERROR)
    return to_error(code, "making topic " + wire);
  std::size_t count = 0;
  const auto* outcomes =
    rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(answered.get()), &count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto code = rd_kafka_topic_result_error(outcomes[i]);
    // Another node may have been quicker.
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR || code == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS)
      continue;
    const auto* text = rd_kafka_topic_result_error_string(outcomes[i]);
    return {ec::storage, "topic",
            "Kafka: making topic " + wire + ": " + (text ? text : rd_kafka_err2str(code))};
  }
  return {};
}

/// Until the brokers have told each other of it.
result<std::int32_t> topic_table::await_topic(const std::string& wire,
                                              const topic_options& wanted) const {
  const auto give_up =
    std::chrono::steady_clock::now() + std::chrono::milliseconds(settings_.request_timeout_ms);
  for (;;) {
    auto count = partitions_on_broker(wire);
    if (!count || *count > 0) return count;
    if (std::chrono::steady_clock::now() > give_up)
      return error{ec::timed_out, "topic",
                   "Kafka: topic " + wanted.name + " was made, but does not appear."};
    std::this_thread::sleep_for(look_again);
  }
}

error topic_table::ensure(const topic_options& wanted,
                          const std::function<result<std::int64_t>()>& reached) {
  const auto wire = settings_.client.topic_prefix + wanted.name;
  auto count = partitions_on_broker(wire);
  if (count && *count == 0) {
    const auto known = reached();
    if (!known) return known.error();
    if (*known > 0)
      return {ec::conflict, "topic",
              "Topic " + wire + " is missing, and the group has come to " + std::to_string(*known) +
                " with it: it was deleted. It is not made anew, because what it held would be "
                "missed without a word. See docs/operations.md"};
    if (auto failed = create(wire, wanted)) return failed;
    count = await_topic(wire, wanted);
  }
  if (!count) return count.error();
  if (*count != wanted.partitions)
    return {ec::conflict, "log.partitions",
            "Topic " + wire + " has " + std::to_string(*count) + " partitions, and " +
              std::to_string(wanted.partitions) +
              " are configured. Users would move to other shards than those that hold their "
              "states: set log.partitions to " +
              std::to_string(*count) + ", or start afresh with another kafka.topic_prefix."};
  auto made = std::make_unique<topic>(wanted.name, wire, *count);
  for (std::int32_t p = 0; p < *count; ++p)
    if (auto failed = refresh(*made, p, settings_.request_timeout_ms)) return failed;
  const std::unique_lock lock(mutex_);
  topics_.try_emplace(wanted.name, std::move(made));
  return {};
}

error topic_table::refresh(topic& t, std::int32_t partition, int timeout_ms) const {
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms);
  for (;;) {
    std::int64_t begin = 0;
    std::int64_t end = 0;
    const auto code = query_range(client_, t.wire, partition, timeout_ms, begin, end);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
      t.saw_begin(partition, begin);
      t.saw_end(partition, end);
      return {};
    }
    // A new partition has no leader for a moment.
    const bool settling = code == RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE ||
                          code == RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION ||
                          code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART ||
                          code == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION;
    if (!settling || std::chrono::steady_clock::now() > give_up)
      return to_error(code, "asking for the end of " + t.wire);
    std::this_thread::sleep_for(look_again);
  }
}

} // namespace riq::storage::kafka
