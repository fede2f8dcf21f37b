#include "storage/kafka/cluster.hpp"

#include <utility>

#include "messages/topics.hpp"
#include "storage/kafka/witness.hpp"

namespace riq::storage::kafka {

namespace {

error check_end(const kafka_log& log, const topic_partition& where, std::int64_t committed) {
  const auto end = log.range(where).end;
  if (committed <= end) return {};
  return ends_before(where.topic, where.partition, end, committed);
}

} // namespace

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
  const auto* raw = log_->topic_of(topics::user_activity);
  if (events == nullptr || changelog == nullptr || raw == nullptr)
    return {ec::internal, "", "the topics of the shards are not there"};
  restorer_ =
    std::make_unique<restorer>(settings_, local_, *events, *changelog, id_, log_->brokers());
  if (auto failed = restorer_->open()) return failed;
  membership_ = std::make_unique<membership>(
    settings_, membership::share{*events, settings_.client.group_id, "shards", true},
    log_->brokers(),
    membership::hooks{[this](std::int32_t shard, const auto& stop) { return bring(shard, stop); },
                      [this](const auto& shards) { state_->release(shards); },
                      [this] { return restorer_->progress(); }});
  // The successor of an event processor repeats what was not told to the brokers.
  processors_ = std::make_unique<membership>(
    settings_,
    membership::share{*raw, settings_.client.group_id + "-processors", "event processors"},
    log_->brokers(),
    membership::hooks{[this](std::int32_t p, const auto&) { return bring_processor(p); },
                      [this](const auto&) { log_->flush_positions(); },
                      {}});
  state_ = std::make_unique<kafka_state>(
    kafka_state::parts{settings_, local_, *events, *changelog,
                       [l = log_.get()](auto at_most) { return l->await_relaxed(at_most); },
                       log_->brokers(), id_, [m = membership_.get()] { return m->claims(); }});
  return {};
}

error kafka_cluster::bring_processor(std::int32_t partition) {
  if (auto failed = log_->refresh(partition, part::processor)) return failed;
  for (const auto name : {topics::user_activity, topics::orders, topics::offer_decisions}) {
    const topic_partition where{std::string{name}, partition};
    if (auto gone = check_end(*log_, where, log_->committed(settings_.processors, where)))
      return gone;
  }
  return {};
}

/// On the restoring thread, before the shard starts: what it asks for then must be known.
error kafka_cluster::bring(std::int32_t shard, const stop_asked& stop) {
  state_->await_settled(shard);
  auto position = restorer_->restore(shard, stop);
  if (!position) return position.error();
  state_->restored(shard, *position);
  if (auto failed = log_->refresh(shard, part::shard)) return failed;
  return check_end(*log_, {std::string{topics::processed_events}, shard}, *position);
}

} // namespace riq::storage::kafka
