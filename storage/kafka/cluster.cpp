#include "storage/kafka/cluster.hpp"

#include <utility>

#include "messages/topics.hpp"

namespace riq::storage::kafka {

result<std::unique_ptr<kafka_cluster>> kafka_cluster::open(options settings, state_store& local,
                                                           const std::string& node_id) {
  auto id = settings.client.group_id + "-" + node_id;
  std::unique_ptr<kafka_cluster> out{new kafka_cluster(std::move(settings), local, std::move(id))};
  auto log = kafka_log::open(out->settings_);
  if (!log) return log.error();
  out->log_ = std::move(*log);
  return out;
}

error kafka_cluster::prepare() {
  auto* events = log_->topic_of(topics::processed_events);
  auto* changelog = log_->topic_of(topics::user_state);
  if (events == nullptr || changelog == nullptr)
    return {ec::internal, "", "the topics of the shards are not there"};
  restorer_ =
    std::make_unique<restorer>(settings_, local_, *events, *changelog, id_, log_->brokers());
  if (auto failed = restorer_->open()) return failed;
  membership_ = std::make_unique<membership>(
    settings_, *events, log_->brokers(),
    membership::hooks{[this](std::int32_t shard) { return bring(shard); },
                      [this](const auto& shards) { state_->release(shards); }});
  state_ = std::make_unique<kafka_state>(
    kafka_state::parts{settings_, local_, *events, *changelog, log_->relaxed(), log_->brokers(),
                       id_, [m = membership_.get()] { return m->claims(); }});
  return {};
}

/// On the restoring thread, before the shard starts: what it asks for then must be known.
error kafka_cluster::bring(std::int32_t shard) {
  auto position = restorer_->restore(shard);
  if (!position) return position.error();
  state_->restored(shard, *position);
  return log_->refresh(shard);
}

} // namespace riq::storage::kafka
