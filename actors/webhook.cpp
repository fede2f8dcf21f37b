#include "actors/webhook.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "actors/deliveries.hpp"
#include "actors/webhook_call.hpp"
#include "messages/parse_json.hpp"
#include "messages/topics.hpp"

namespace riq {
namespace {

constexpr auto webhook_tick = std::chrono::milliseconds(50);
constexpr std::int64_t status_every_ms = 1'000;
// Read and not finished, over all partitions: what a target that is down holds in memory.
constexpr std::size_t max_waiting = 512;
// Records behind the committed place that are read again, to recognise a shard's repetitions.
constexpr std::int64_t look_back = 1'000;
// Of an answer's reason that is kept.
constexpr std::size_t detail_bytes = 200;

struct addressed {
  bool here = false;
  std::string id;
};

addressed read_address(const log_record& r, std::string_view target) {
  addressed out;
  const auto root = read_json(r.value);
  if (!root) return out;
  std::string_view id;
  if ((*root)["id"].get(id) == simdjson::SUCCESS) out.id = id;
  // A dead letter that was sent again is for the one that did not get it.
  if (const auto only = first_header(r, headers::target); !only.empty()) {
    out.here = only == target;
    return out;
  }
  simdjson::dom::array targets;
  if ((*root)["targets"].get(targets) != simdjson::SUCCESS) return out;
  for (const auto element : targets) {
    std::string_view name;
    if (element.get(name) == simdjson::SUCCESS && name == target) out.here = true;
  }
  return out;
}

/// N of `tP-N`, -1 for anything else.
std::int64_t number_of(std::string_view id) {
  const auto dash = id.find('-');
  std::int64_t n = -1;
  if (dash == std::string_view::npos) return n;
  std::from_chars(id.data() + dash + 1, id.data() + id.size(), n);
  return n;
}

std::string_view name_of_breaker(webhook_state::breaker b) {
  constexpr std::array<std::string_view, 3> names{"closed", "open", "half_open"};
  return names[static_cast<std::size_t>(b)];
}

} // namespace

std::int64_t webhook_state::steady_now() const {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
           self->clock().now().time_since_epoch())
    .count();
}

void webhook_state::start(webhook_config c) {
  config = std::move(c);
  random = engine::random_source(config.seed);
  counts.target = config.target.name;
  group = webhook_group(config.target.name);
  const auto partitions = config.log->partitions(topics::retargeting_triggers);
  followers.resize(static_cast<std::size_t>(std::max(0, partitions)));
  self->set_down_handler([this](const caf::down_msg& down) { lost(down.source); });
  if (config.ticking) self->delayed_send(self, webhook_tick, atom::tick_v);
}

void webhook_state::own(std::int32_t partition, const caf::actor& shard) {
  const auto p = static_cast<std::size_t>(partition);
  if (partition < 0 || p >= followers.size()) return;
  if (followers[p].owned) disown(p); // the shard was started anew
  auto& f = followers[p];
  f.owned = true;
  if (shard) {
    f.shard = shard.address();
    self->monitor(shard);
  }
  const topic_partition where{std::string{topics::retargeting_triggers}, partition};
  const auto range = config.log->range(where);
  const auto kept = config.log->committed(group, where);
  // A target that is new is told of what fires from now on.
  f.resume = kept < 0 ? range.end : std::clamp(kept, range.begin, range.end);
  f.next = std::max(range.begin, f.resume - look_back);
  f.end = range.end;
  config.log->commit(group, where, f.resume);
  f.committed = f.resume;
  follow(p);
}

void webhook_state::lost(const caf::actor_addr& shard) {
  for (std::size_t p = 0; p < followers.size(); ++p)
    if (followers[p].owned && followers[p].shard == shard) disown(p);
}

/// What is not finished is the next owner's, under the same keys.
void webhook_state::disown(std::size_t partition) {
  followers[partition] = follower{};
  for (auto at = deliveries.begin(); at != deliveries.end();) {
    if (static_cast<std::size_t>(at->second.partition) != partition) {
      ++at;
      continue;
    }
    waiting.erase({at->second.next_try, at->first});
    at = deliveries.erase(at);
  }
}

void webhook_state::follow(std::size_t partition) {
  auto& f = followers[partition];
  f.subscription = ++subscriptions;
  f.following = config.log->subscribe(
    {std::string{topics::retargeting_triggers}, static_cast<std::int32_t>(partition)}, f.next,
    deliver_to(webhook_actor{self}, static_cast<int>(partition), f.subscription));
  const auto unfinished = f.open.size();
  const auto share = std::max<std::size_t>(4, max_waiting / followers.size());
  if (unfinished < share) f.following->grant(share - unfinished);
}

void webhook_state::delivered(const log_delivery& d) {
  auto& f = followers[static_cast<std::size_t>(d.slot)];
  if (d.subscription != f.subscription) return; // of a tenure of the shard that is over
  if (!*d.batch) {
    counts.failure = d.batch->error().detail;
    spdlog::error("webhook {}: {}", config.target.name, counts.failure);
    f.following.reset(); // again with the next tick
    return;
  }
  counts.failure.clear();
  const auto& batch = **d.batch;
  std::size_t done_with = 0;
  for (const auto& record : batch.records) {
    const auto before = f.open.size();
    take(static_cast<std::int32_t>(d.slot), record);
    if (f.open.size() <= before) ++done_with;
  }
  f.next = batch.next;
  f.end = batch.end;
  if (done_with > 0) f.following->grant(done_with);
  call_what_is_due();
}

void webhook_state::take(std::int32_t partition, const log_record& record) {
  auto& f = followers[static_cast<std::size_t>(partition)];
  if (record.tombstone) return forget(partition, record.key);
  auto to = read_address(record, config.target.name);
  const auto number = number_of(to.id);
  const bool again = !first_header(record, headers::target).empty();
  const bool repeated = !again && number >= 0 && number <= f.newest_source;
  f.newest_source = std::max(f.newest_source, again ? -1 : number);
  if (!to.here || repeated || record.offset < f.resume) return;
  const auto n = next_number++;
  delivery d;
  d.partition = partition;
  d.offset = record.offset;
  d.since = record.timestamp;
  d.id = std::move(to.id);
  d.user = record.key;
  d.body = record.value;
  d.next_try = steady_now();
  f.open.insert(record.offset);
  waiting.emplace(d.next_try, n);
  tell(d, "pending");
  deliveries.emplace(n, std::move(d));
}

/// The user was erased: what was not told of them will not be.
void webhook_state::forget(std::int32_t partition, const std::string& user) {
  std::vector<std::uint64_t> of_the_user;
  for (const auto& [n, d] : deliveries)
    if (d.partition == partition && d.user == user && !d.calling && !d.dying)
      of_the_user.push_back(n);
  for (const auto n : of_the_user) finish(n);
}

void webhook_state::call_what_is_due() {
  const auto now = steady_now();
  if (state == breaker::open && now >= open_until) state = breaker::half_open;
  const std::size_t allowed = state == breaker::closed      ? config.target.in_flight
                              : state == breaker::half_open ? 1
                                                            : 0;
  while (calling.size() < allowed && !waiting.empty() && waiting.begin()->first <= now) {
    const auto n = waiting.begin()->second;
    waiting.erase(waiting.begin());
    auto& d = deliveries.at(n);
    if (config.wall() - d.since > std::int64_t{config.target.give_up_after_min} * 60'000) {
      if (d.detail.empty()) d.detail = "too old";
      bury(n, d);
    } else {
      call(n, d);
    }
  }
}

void webhook_state::call(std::uint64_t number, delivery& d) {
  d.calling = true;
  calling.insert(number);
  ++d.attempts;
  config.client->post(
    call_of(config.target, number, d.id, d.body, d.attempts, config.wall()),
    [to = webhook_actor{self}](const webhook_answer& a) { caf::anon_send(to, a); });
}

void webhook_state::answered(const webhook_answer& a) {
  if (calling.erase(a.call) == 0) return;
  const auto found = deliveries.find(a.call);
  if (found == deliveries.end()) return call_what_is_due(); // another node's by now
  auto& d = found->second;
  d.calling = false;
  if (a.status >= 200 && a.status < 300) {
    state = breaker::closed;
    failures_in_a_row = 0;
    ++counts.delivered;
    d.detail = "HTTP " + std::to_string(a.status);
    outcome(d, "delivered");
    tell(d, "delivered");
    finish(a.call);
  } else {
    failed(a.call, d, a.status == 0 ? a.detail : "HTTP " + std::to_string(a.status));
  }
  call_what_is_due();
}

void webhook_state::failed(std::uint64_t number, delivery& d, std::string detail) {
  ++counts.failed;
  d.detail = detail.substr(0, detail_bytes);
  const auto now = steady_now();
  if (++failures_in_a_row >= config.target.breaker_failures || state == breaker::half_open) {
    state = breaker::open;
    open_until = now + config.target.breaker_open_ms;
  }
  if (d.attempts >= config.target.max_attempts) return bury(number, d);
  d.next_try = now + backoff_ms(config.target, d.attempts, random);
  waiting.emplace(d.next_try, number);
  tell(d, "retrying");
}

void webhook_state::appended(const append_outcome& o) {
  const auto found = deliveries.find(o.tag);
  if (found == deliveries.end() || !found->second.dying) return;
  auto& d = found->second;
  if (o.failure) {
    // It cannot be buried now: once more, later.
    d.dying = false;
    d.next_try = steady_now() + config.target.first_backoff_ms;
    waiting.emplace(d.next_try, o.tag);
    return;
  }
  ++counts.dead;
  outcome(d, "dead");
  tell(d, "dead");
  finish(o.tag);
}

void webhook_state::finish(std::uint64_t number) {
  const auto found = deliveries.find(number);
  if (found == deliveries.end()) return;
  auto& f = followers[static_cast<std::size_t>(found->second.partition)];
  waiting.erase({found->second.next_try, number});
  f.open.erase(found->second.offset);
  deliveries.erase(found);
  if (f.following) f.following->grant(1);
}

void webhook_state::commit() {
  for (std::size_t p = 0; p < followers.size(); ++p) {
    auto& f = followers[p];
    if (!f.owned) continue;
    const auto reached = f.open.empty() ? f.next : std::min(f.next, *f.open.begin());
    if (reached <= f.committed) continue;
    f.committed = reached;
    config.log->commit(
      group, {std::string{topics::retargeting_triggers}, static_cast<std::int32_t>(p)}, reached);
  }
}

void webhook_state::tick() {
  for (std::size_t p = 0; p < followers.size(); ++p)
    if (followers[p].owned && !followers[p].following) follow(p);
  call_what_is_due();
  commit();
  if (auto* c = config.counters.get()) {
    std::uint64_t lag = 0;
    for (const auto& f : followers)
      lag += static_cast<std::uint64_t>(std::max<std::int64_t>(0, f.end - f.next));
    c->delivered = counts.delivered;
    c->failed_tries = counts.failed;
    c->dead = counts.dead;
    c->waiting = waiting.size();
    c->in_flight = calling.size();
    c->lag = lag;
    c->breaker_open = state == breaker::open ? 1 : 0;
  }
  const auto now = steady_now();
  if (!config.listing || now - last_status < status_every_ms) return;
  last_status = now;
  auto s = counts;
  s.breaker = name_of_breaker(state);
  s.waiting = waiting.size();
  s.in_flight = calling.size();
  for (const auto& f : followers)
    s.lag += static_cast<std::uint64_t>(std::max<std::int64_t>(0, f.end - f.next));
  self->send(config.listing, std::move(s));
}

webhook_actor::behavior_type webhook(webhook_actor::stateful_pointer<webhook_state> self,
                                     webhook_config config) {
  self->state.start(std::move(config));
  return {
    [self](const log_delivery& d) { self->state.delivered(d); },
    [self](atom::follow, std::int32_t partition, const caf::actor& shard) {
      self->state.own(partition, shard);
    },
    [self](const webhook_answer& a) { self->state.answered(a); },
    [self](const append_outcome& o) { self->state.appended(o); },
    [self](atom::tick) {
      self->state.tick();
      if (self->state.config.ticking) self->delayed_send(self, webhook_tick, atom::tick_v);
    },
    [self](atom::status) { return std::uint64_t{self->state.deliveries.size()}; },
  };
}

} // namespace riq
