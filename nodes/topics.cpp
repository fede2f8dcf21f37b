#include "nodes/topics.hpp"

#include "messages/topics.hpp"

namespace riq {
namespace {

// What the item model is rebuilt from at a start, of each partition: some ten million updates over
// twelve partitions, read back in under a minute.
constexpr std::uint64_t session_update_bytes = 64ULL << 20;
constexpr std::uint64_t dead_letter_bytes = 256ULL << 20;

storage::topic_options topic(std::string_view name, const log_settings& log) {
  storage::topic_options out;
  out.name = name;
  out.partitions = log.partitions;
  out.retention_bytes = log.retention_bytes;
  out.retention_ms = std::int64_t{log.retention_hours} * 3'600'000;
  return out;
}

storage::topic_options compacted(std::string_view name, std::int32_t partitions) {
  storage::topic_options out;
  out.name = name;
  out.partitions = partitions;
  out.compacted = true;
  return out;
}

} // namespace

std::vector<storage::topic_options> needed_topics(const log_settings& log) {
  std::vector<storage::topic_options> out;
  for (const auto name :
       {topics::user_activity, topics::orders, topics::offer_decisions, topics::processed_events})
    out.push_back(topic(name, log));
  auto sessions = topic(topics::session_updates, log);
  sessions.retention_bytes = session_update_bytes;
  out.push_back(sessions);
  for (const auto name : {topics::retargeting_triggers, topics::trigger_outcomes})
    out.push_back(topic(name, log));
  // A deletion takes back what session-updates may still tell.
  auto items = compacted(topics::item_updates, log.partitions);
  items.retention_ms = sessions.retention_ms;
  out.push_back(items);
  // One order of all editions, whose offsets are their versions.
  for (const auto name : {topics::campaign_updates, topics::trigger_updates})
    out.push_back(compacted(name, 1));
  auto dead = topic(topics::dead_letters, log);
  dead.partitions = 1;
  dead.retention_bytes = dead_letter_bytes;
  out.push_back(dead);
  if (log.kind == "kafka") {
    out.push_back(compacted(topics::user_state, log.partitions));
    out.push_back(compacted(topics::shard_owners, 1));
  }
  return out;
}

error ensure_topics(storage::event_log& log, const log_settings& settings) {
  for (const auto& t : needed_topics(settings))
    if (auto failed = log.ensure_topic(t)) return failed;
  return {};
}

} // namespace riq
