#include "gateway/node_status.hpp"

namespace riq::gateway {
namespace {

/// Counts the answers that are missing; the last one completes.
struct status_gathering {
  node_status status;
  std::size_t missing = 0;
  unique_function<void(const node_status&)> done;

  void one_less() {
    if (--missing == 0) done(status);
  }
};

const error no_answer{ec::timed_out, "", "no answer"};

/// Of those that count.
template <class T, class Counts>
error first_failure(const std::vector<result<T>>& parts, std::string_view what, Counts counts) {
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (!counts(i)) continue;
    error out{ec::not_ready, "", std::string{what}};
    out.detail += ' ';
    out.detail += std::to_string(i);
    out.detail += ": ";
    if (!parts[i])
      out.detail += parts[i].error().detail;
    else if (!parts[i]->failure.empty())
      out.detail += parts[i]->failure;
    else if (!parts[i]->ready)
      out.detail += "is still restoring";
    else
      continue;
    return out;
  }
  return {};
}

void add(std::map<std::string, std::uint64_t>& to, const std::map<std::string, std::uint64_t>& x) {
  for (const auto& [key, n] : x) to[key] += n;
}

} // namespace

error node_status::unready() const {
  if (!model) return {ec::not_ready, "", "item model: " + model.error().detail};
  if (!model->failure.empty()) return {ec::not_ready, "", "item model: " + model->failure};
  if (!model->ready) return {ec::not_ready, "", "the item model is still restoring"};
  if (other) return other;
  if (auto failed =
        first_failure(shards, "shard", [this](std::size_t i) { return elsewhere[i].empty(); }))
    return failed;
  return first_failure(processors, "event processor",
                       [this](std::size_t i) { return processed_here[i]; });
}

shard_status node_status::all_shards() const {
  shard_status sum;
  sum.ready = true;
  for (std::size_t i = 0; i < shards.size(); ++i) {
    const auto& part = shards[i];
    if (!part) {
      sum.ready = sum.ready && !elsewhere[i].empty();
      continue;
    }
    const auto& s = *part;
    sum.ready = sum.ready && s.ready;
    sum.resident += s.resident;
    sum.stored += s.stored;
    sum.dirty += s.dirty;
    sum.lag += s.lag;
    sum.events += s.events;
    sum.duplicates += s.duplicates;
    sum.snapshots += s.snapshots;
    sum.passivations += s.passivations;
    sum.wakeups += s.wakeups;
    sum.waiting += s.waiting;
    sum.mailbox += s.mailbox;
    sum.state_bytes += s.state_bytes;
    sum.triggers_fired += s.triggers_fired;
    sum.triggers_skipped += s.triggers_skipped;
    sum.triggers_capped += s.triggers_capped;
    sum.triggers_converted += s.triggers_converted;
    sum.interests += s.interests;
    sum.touches_sampled_out += s.touches_sampled_out;
    sum.stream_time = std::max(sum.stream_time, s.stream_time);
  }
  return sum;
}

processor_status node_status::all_processors() const {
  processor_status sum;
  sum.ready = true;
  for (std::size_t i = 0; i < processors.size(); ++i) {
    const auto& part = processors[i];
    if (!part) {
      sum.ready = sum.ready && !processed_here[i];
      continue;
    }
    const auto& p = *part;
    sum.ready = sum.ready && p.ready;
    sum.received += p.received;
    sum.published += p.published;
    sum.refused += p.refused;
    sum.lag += p.lag;
    add(sum.refused_by_reason, p.refused_by_reason);
    add(sum.by_type, p.by_type);
    add(sum.by_country, p.by_country);
    if (sum.failure.empty()) sum.failure = p.failure;
  }
  return sum;
}

void ask_status(backend& with, unique_function<void(const node_status&)> done) {
  auto all = std::make_shared<status_gathering>();
  all->done = std::move(done);
  const auto& parts = with.with();
  const auto partitions = static_cast<std::size_t>(with.log().partitions(topics::processed_events));
  all->status.shards.assign(partitions, no_answer);
  all->status.processors.assign(partitions, no_answer);
  all->status.elsewhere.resize(partitions);
  all->status.processed_here.resize(partitions);
  if (parts.unready) all->status.other = parts.unready();
  if (parts.restores) all->status.restores = parts.restores();
  all->missing = 2 * partitions + 1;
  const auto deadline = with.deadline();
  for (std::size_t i = 0; i < partitions; ++i) {
    const auto p = static_cast<std::int32_t>(i);
    const auto shard = parts.shard(p);
    const auto processor = parts.processor(p);
    all->status.processed_here[i] = bool(processor);
    if (!shard && parts.owner) all->status.elsewhere[i] = parts.owner(p);
    const error not_here{ec::not_ready, "",
                         all->status.elsewhere[i].empty() ? "is on no node at the moment"
                                                          : "is on " + all->status.elsewhere[i]};
    if (shard)
      with.here().ask_urgently<shard_status>(
        shard, deadline,
        [all, i](result<shard_status> s) {
          all->status.shards[i] = std::move(s);
          all->one_less();
        },
        atom::status_v);
    else
      all->status.shards[i] = not_here;
    if (processor)
      with.here().ask_urgently<processor_status>(
        processor, deadline,
        [all, i](result<processor_status> s) {
          all->status.processors[i] = std::move(s);
          all->one_less();
        },
        atom::status_v);
    else
      all->status.processors[i] = error{ec::not_ready, "", "is not on this node"};
    if (!shard) all->one_less();
    if (!processor) all->one_less();
  }
  with.here().ask_urgently<model_status>(
    parts.model, deadline,
    [all](result<model_status> s) {
      all->status.model = std::move(s);
      all->one_less();
    },
    atom::status_v);
}

} // namespace riq::gateway
