#include "gateway/status_metrics.hpp"

#include "gateway/duration_metric.hpp"
#include "gateway/live_ring.hpp"

namespace riq::gateway {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

/// Makes families of figures that each part has.
template <class T>
class table {
 public:
  table(std::vector<MetricFamily>& out, const std::vector<result<T>>& parts)
    : out_(out), parts_(parts) {}

  /// Durations.
  void histogram(const char* name, const char* help, durations T::*member) {
    MetricFamily f;
    f.name = name;
    f.help = help;
    f.type = MetricType::Histogram;
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      if (!parts_[i]) continue;
      auto& m = f.metric.emplace_back();
      m.label = {{"partition", std::to_string(i)}};
      m.histogram = to_histogram((*parts_[i]).*member);
    }
    out_.push_back(std::move(f));
  }

  template <class Member>
  void row(const char* name, const char* help, MetricType type, Member T::*member) {
    MetricFamily f;
    f.name = name;
    f.help = help;
    f.type = type;
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      if (!parts_[i]) continue;
      ClientMetric m;
      m.label = {{"partition", std::to_string(i)}};
      m.gauge.value = m.counter.value = static_cast<double>((*parts_[i]).*member);
      f.metric.push_back(std::move(m));
    }
    out_.push_back(std::move(f));
  }

 private:
  std::vector<MetricFamily>& out_;
  const std::vector<result<T>>& parts_;
};

void single(std::vector<MetricFamily>& out, const char* name, const char* help, MetricType type,
            double value) {
  MetricFamily f;
  f.name = name;
  f.help = help;
  f.type = type;
  ClientMetric m;
  m.gauge.value = m.counter.value = value;
  f.metric.push_back(std::move(m));
  out.push_back(std::move(f));
}

/// How shards come here from other nodes.
void restored(std::vector<MetricFamily>& out, const std::vector<storage::shard_restore>& all) {
  if (all.empty()) return;
  using r = storage::shard_restore;
  const auto row = [&](const char* name, const char* help, auto&& value) {
    MetricFamily f;
    f.name = name;
    f.help = help;
    f.type = MetricType::Gauge;
    for (const auto& x : all) {
      auto& m = f.metric.emplace_back();
      m.label = {{"partition", std::to_string(x.shard)}};
      m.gauge.value = static_cast<double>(value(x));
    }
    out.push_back(std::move(f));
  };
  row("riq_shard_restore_seconds", "How long the shard's state took to come here, or takes.",
      [](const r& x) { return x.took_ms / 1000; });
  row("riq_shard_restore_records", "Records of the changelog read for it.",
      [](const r& x) { return x.records; });
  row("riq_shard_restore_bytes", "Their keys and values.", [](const r& x) { return x.bytes; });
  row("riq_shard_restore_left", "Offsets of the changelog still to read.",
      [](const r& x) { return x.left; });
}

} // namespace

std::vector<MetricFamily> metrics_of(const live_ring& ring) {
  constexpr auto counter = MetricType::Counter;
  std::vector<MetricFamily> out;
  single(out, "riq_stream_clients", "Clients of the live stream.", MetricType::Gauge,
         static_cast<double>(ring.listeners()));
  single(out, "riq_stream_published_total", "What was put into the live stream.", counter,
         static_cast<double>(ring.published()));
  single(out, "riq_stream_left_out_total", "Events that came too fast for the live stream.",
         counter, static_cast<double>(ring.left_out()));
  single(out, "riq_stream_dropped_clients_total", "Clients that did not read in time.", counter,
         static_cast<double>(ring.dropped_clients()));
  return out;
}

std::vector<MetricFamily> metrics_of(const node_status& status) {
  constexpr auto gauge = MetricType::Gauge;
  constexpr auto counter = MetricType::Counter;
  std::vector<MetricFamily> out;
  single(out, "riq_ready", "1 once everything is restored and runs.", gauge,
         status.unready() ? 0 : 1);
  table shards{out, status.shards};
  using s = shard_status;
  shards.row("riq_shard_resident_users", "Users in memory.", gauge, &s::resident);
  shards.row("riq_shard_stored_users", "Users with a snapshot, about.", gauge, &s::stored);
  shards.row("riq_shard_dirty_users", "Users newer than their snapshot.", gauge, &s::dirty);
  shards.row("riq_shard_lag_events", "Events that were not applied yet.", gauge, &s::lag);
  shards.row("riq_shard_mailbox_messages", "Messages that wait.", gauge, &s::mailbox);
  shards.row("riq_shard_waiting_questions", "Questions that wait for a position.", gauge,
             &s::waiting);
  shards.row("riq_shard_state_bytes", "Estimated memory of resident users.", gauge,
             &s::state_bytes);
  shards.row("riq_shard_events_total", "Events applied.", counter, &s::events);
  shards.row("riq_shard_duplicates_total", "Events recognised as repetitions.", counter,
             &s::duplicates);
  shards.row("riq_shard_snapshots_total", "Snapshots written.", counter, &s::snapshots);
  shards.row("riq_shard_passivations_total", "Users that left memory.", counter, &s::passivations);
  shards.row("riq_shard_wakeups_total", "Users that came back.", counter, &s::wakeups);
  shards.row("riq_shard_analytics_entries", "Buckets and cohorts of the aggregate.", gauge,
             &s::analytics_entries);
  shards.row("riq_shard_analytics_bytes_total", "Bytes of the aggregate written.", counter,
             &s::analytics_bytes);
  shards.row("riq_triggers_fired_total", "Triggers that fired.", counter, &s::triggers_fired);
  shards.row("riq_triggers_skipped_total",
             "Triggers that came too late, or were not true any more.", counter,
             &s::triggers_skipped);
  shards.row("riq_triggers_capped_total", "Triggers kept back by a cap when they fired.", counter,
             &s::triggers_capped);
  shards.row("riq_triggers_converted_total", "Triggers that brought an order.", counter,
             &s::triggers_converted);
  shards.row("riq_shard_interests", "Pairs of user and item that price drops are told to.", gauge,
             &s::interests);
  shards.row("riq_shard_touches_sampled_out_total",
             "Touches of items for which others stand in the item model.", counter,
             &s::touches_sampled_out);
  shards.histogram("riq_shard_commit_seconds", "From a commit's begin until it was stored.",
                   &s::commits);
  shards.row("riq_shard_replayed_records", "Records of the log read again until it was ready.",
             gauge, &s::replayed);
  restored(out, status.restores);
  table processors{out, status.processors};
  using p = processor_status;
  processors.row("riq_processor_received_total", "Raw records read.", counter, &p::received);
  processors.row("riq_processor_published_total", "Events published.", counter, &p::published);
  processors.row("riq_processor_refused_total", "Records sent to the dead letters.", counter,
                 &p::refused);
  processors.row("riq_processor_lag_records", "Raw records not processed yet.", gauge, &p::lag);
  if (status.model) {
    const auto& m = *status.model;
    single(out, "riq_model_epoch", "Epoch of the published item model.", gauge,
           static_cast<double>(m.epoch));
    single(out, "riq_model_items", "Items known.", gauge, static_cast<double>(m.items));
    single(out, "riq_model_sessions", "Sessions known.", gauge, static_cast<double>(m.sessions));
    single(out, "riq_model_updates_total", "Updates taken in.", counter,
           static_cast<double>(m.updates));
    single(out, "riq_model_bytes", "Estimated memory.", gauge, static_cast<double>(m.bytes));
    single(out, "riq_model_lag_records", "Records not taken in yet.", gauge,
           static_cast<double>(m.lag));
  }
  return out;
}

} // namespace riq::gateway
