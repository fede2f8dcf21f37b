#include "storage/kafka/group_offsets.hpp"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

namespace riq::storage::kafka {

namespace {

constexpr std::chrono::milliseconds look_again{50};

} // namespace

error group_offsets::open() {
  for (const auto& group : settings_.groups) {
    client_config config{settings_.client, &brokers_};
    config.set("group.id", settings_.client.group_id + "-" + group)
      .set("enable.auto.commit", "false");
    auto made = config.make(RD_KAFKA_CONSUMER);
    if (!made) return made.error();
    clients_.emplace(group, std::move(*made));
  }
  return {};
}

error group_offsets::load(const topic& t, std::int32_t first, std::int32_t last, part of) {
  for (const auto& [group, client] : clients_) {
    const bool comes = (group == settings_.processors) == (of == part::processor);
    // An event processor goes by its own group only.
    if (!comes && of == part::processor) continue;
    const partition_list asked{rd_kafka_topic_partition_list_new(last - first + 1)};
    rd_kafka_topic_partition_list_add_range(asked.get(), t.wire.c_str(), first, last);
    auto code = rd_kafka_committed(client.get(), asked.get(), settings_.request_timeout_ms);
    const auto give_up =
      std::chrono::steady_clock::now() + std::chrono::milliseconds(settings_.request_timeout_ms);
    // A cluster that has just begun, or lost a broker, settles who coordinates the group.
    while ((code == RD_KAFKA_RESP_ERR_NOT_COORDINATOR ||
            code == RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE ||
            code == RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS) &&
           std::chrono::steady_clock::now() < give_up) {
      std::this_thread::sleep_for(look_again);
      code = rd_kafka_committed(client.get(), asked.get(), settings_.request_timeout_ms);
    }
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
      return to_error(code, "asking for the position of group " + group);
    const std::lock_guard lock(mutex_);
    for (int i = 0; i < asked->cnt; ++i) {
      const auto& p = asked->elems[i];
      const place at{group, &t, p.partition};
      if (comes) changed_.erase(at); // of an earlier time in which it was here
      const auto told = std::max<std::int64_t>(p.offset, -1); // -1: nothing
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
      if (const auto& [of, t, partition] = at; of == group)
        rd_kafka_topic_partition_list_add(list.get(), t->wire.c_str(), partition)->offset = next;
    if (list->cnt == 0) continue;
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
