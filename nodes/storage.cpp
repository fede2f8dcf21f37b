#include "nodes/storage.hpp"

#include <filesystem>
#include <utility>

#include <spdlog/spdlog.h>

#include "actors/context.hpp"
#include "actors/webhook.hpp"
#include "nodes/node_id.hpp"
#include "nodes/topics.hpp"

namespace riq {
namespace {

storage::embedded::options database_options(const settings& s) {
  storage::embedded::options out;
  out.path = s.node.data_dir;
  out.sync = s.log.fsync;
  out.repair = s.log.repair;
  out.queue_bytes = s.log.queue_bytes;
  out.queue_records = s.log.queue_records;
  out.tail_bytes = s.log.tail_bytes;
  out.memory_bytes = s.log.cache_bytes;
  out.reserve_bytes = s.log.reserve_bytes;
  return out;
}

storage::kafka::options broker_options(const settings& s) {
  storage::kafka::options out;
  out.client = s.kafka;
  out.queue_bytes = s.log.queue_bytes;
  out.queue_records = s.log.queue_records;
  out.groups = {std::string{processor_group}};
  out.processors = processor_group;
  for (const auto& target : s.triggers.targets) out.groups.push_back(webhook_group(target.name));
  return out;
}

} // namespace

result<node_storage> open_storage(const settings& config) {
  node_storage out;
  spdlog::info("opening {}", std::filesystem::absolute(config.node.data_dir).string());
  auto database = storage::embedded::database::open(database_options(config));
  if (!database) return database.error();
  out.database = std::move(*database);
  for (const auto& sentence : out.database->lost()) spdlog::warn("storage: {}", sentence);
  if (config.log.kind != "kafka") {
    out.own_shards = std::make_unique<storage::sole_ownership>(config.log.partitions);
    out.own_processors = std::make_unique<storage::sole_ownership>(config.log.partitions);
    if (auto failed = ensure_topics(out.log(), config.log)) return failed;
    return out;
  }
  const auto id = node_id(config);
  if (!id) return id.error();
  spdlog::info("node {} connects to Kafka at {}", *id, config.kafka.bootstrap_servers);
  auto brokers =
    storage::kafka::kafka_cluster::open(broker_options(config), out.database->state(), *id);
  if (!brokers) return brokers.error();
  out.brokers = std::move(*brokers);
  if (auto failed = ensure_topics(out.log(), config.log)) return failed;
  if (auto failed = out.brokers->prepare()) return failed;
  return out;
}

} // namespace riq
