#include "storage/kafka/group_offsets.hpp"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "storage/kafka/witness.hpp"

namespace riq::storage::kafka {

namespace {

constexpr std::chrono::milliseconds look_again{50};

} // namespace

/// Asks and commits for a group, without being its member.
result<client_handle> group_offsets::connect(const std::string& group) const {
  client_config config{settings_.client, &brokers_};
  config.set("group.id", group).set("enable.auto.commit", "false");
  return config.make(RD_KAFKA_CONSUMER);
}

error group_offsets::open() {
  for (const auto& group : settings_.groups) {
    auto made = connect(settings_.client.group_id + "-" + group);
    if (!made) return made.error();
    clients_.emplace(group, std::move(*made));
  }
  return {};
}

/// The topic's name on the broker, empty when that group's position in `t` needs none.
std::string group_offsets::witness(const std::string& group, const topic& t) const {
  if (group != settings_.processors) return {};
  const auto name = witness_of(t.name);
  return name.empty() ? std::string{} : settings_.client.topic_prefix + std::string{name};
}

error group_offsets::ask(rd_kafka_t* client, rd_kafka_topic_partition_list_t* list,
                         const std::string& group) const {
  const auto give_up =
    std::chrono::steady_clock::now() + std::chrono::milliseconds(settings_.request_timeout_ms);
  for (;;) {
    const auto code = rd_kafka_committed(client, list, settings_.request_timeout_ms);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return {};
    // A cluster that has just begun, or lost a broker, settles who coordinates the group.
    const bool settling = code == RD_KAFKA_RESP_ERR_NOT_COORDINATOR ||
                          code == RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE ||
                          code == RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS;
    if (!settling || std::chrono::steady_clock::now() > give_up)
      return to_error(code, "asking for the position of group " + group);
    std::this_thread::sleep_for(look_again);
  }
}

result<std::int64_t> group_offsets::reached(std::string_view topic, std::int32_t partitions) const {
  // Nobody counts in the changelog, but who was in the events has states there.
  const auto other = topic == topics::user_state ? topics::processed_events : witness_of(topic);
  if (other.empty()) return -1;
  // Shards have a group of their own, which remembers for itself.
  const bool of_shards = topic == topics::processed_events || topic == topics::user_state;
  auto group = settings_.client.group_id;
  if (!of_shards) group += "-" + settings_.processors;
  const auto client = connect(group);
  if (!client) return client.error();
  const partition_list asked{rd_kafka_topic_partition_list_new(partitions)};
  rd_kafka_topic_partition_list_add_range(
    asked.get(), (settings_.client.topic_prefix + std::string{other}).c_str(), 0, partitions - 1);
  if (auto failed = ask(client->get(), asked.get(), group)) return failed;
  std::int64_t out = -1;
  for (int i = 0; i < asked->cnt; ++i) out = std::max(out, asked->elems[i].offset);
  return out;
}

error group_offsets::load(const topic& t, std::int32_t first, std::int32_t last, part of) {
  for (const auto& [group, client] : clients_) {
    const bool comes = (group == settings_.processors) == (of == part::processor);
    // An event processor goes by its own group only.
    if (!comes && of == part::processor) continue;
    const partition_list asked{rd_kafka_topic_partition_list_new(2 * (last - first + 1))};
    rd_kafka_topic_partition_list_add_range(asked.get(), t.wire.c_str(), first, last);
    if (const auto other = witness(group, t); !other.empty())
      rd_kafka_topic_partition_list_add_range(asked.get(), other.c_str(), first, last);
    if (auto failed = ask(client.get(), asked.get(), group)) return failed;
    std::map<std::int32_t, std::int64_t> told_of;
    for (int i = 0; i < asked->cnt; ++i) {
      const auto& p = asked->elems[i];
      auto& told = told_of.try_emplace(p.partition, -1).first->second; // -1: nothing
      told = std::max(told, p.offset);
    }
    const std::lock_guard lock(mutex_);
    for (const auto& [partition, told] : told_of) {
      const place at{group, &t, partition};
      if (comes) changed_.erase(at); // of an earlier time in which it was here
      const auto known = offsets_.try_emplace(at, told).first;
      known->second = comes ? told : std::max(known->second, told);
    }
  }
  return {};
}

void group_offsets::commit(std::string_view group, const topic& t, std::int32_t partition,
                           std::int64_t next) {
  const std::lock_guard lock(mutex_);
  const place at{group, &t, partition};
  offsets_[at] = next;
  changed_[at] = next;
}

std::int64_t group_offsets::committed(std::string_view group, const topic& t,
                                      std::int32_t partition) const {
  const std::lock_guard lock(mutex_);
  const auto found = offsets_.find({std::string{group}, &t, partition});
  return found == offsets_.end() ? -1 : found->second;
}

error group_offsets::flush() {
  std::map<place, std::int64_t> changes;
  {
    const std::lock_guard lock(mutex_);
    changes.swap(changed_);
  }
  error failed;
  for (const auto& [group, client] : clients_) {
    const partition_list list{rd_kafka_topic_partition_list_new(8)};
    for (const auto& [at, next] : changes)
      if (const auto& [of, t, partition] = at; of == group) {
        rd_kafka_topic_partition_list_add(list.get(), t->wire.c_str(), partition)->offset = next;
        if (const auto other = witness(group, *t); !other.empty())
          rd_kafka_topic_partition_list_add(list.get(), other.c_str(), partition)->offset = next;
      }
    if (list->cnt == 0) continue;
    // A position in a topic that is gone is refused by itself, and not told again.
    const auto code = rd_kafka_commit(client.get(), list.get(), 0);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) continue;
    failed = to_error(code, "committing the position of group " + group);
    const std::lock_guard lock(mutex_);
    for (const auto& [at, next] : changes)
      if (std::get<0>(at) == group) changed_.try_emplace(at, next);
  }
  return failed;
}

} // namespace riq::storage::kafka
