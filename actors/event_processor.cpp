#include "actors/event_processor.hpp"

#include <algorithm>
#include <utility>

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "actors/dead_letters.hpp"
#include "actors/deliveries.hpp"
#include "actors/processed_record.hpp"
#include "engine/enrich.hpp"
#include "engine/standardise.hpp"
#include "messages/erasure.hpp"
#include "messages/msgpack.hpp"
#include "messages/parse_activity.hpp"
#include "messages/parse_order.hpp"
#include "messages/topics.hpp"

namespace riq {
namespace {

constexpr std::chrono::milliseconds processor_retry{1'000};
constexpr std::size_t processor_credit = 8'192;
// A dead letter must fit into a record that any broker takes, which is 1 MB unless it is told
// otherwise; other producers may have been allowed more.
constexpr std::size_t most_value_bytes = 512 * 1024;
constexpr std::size_t most_key_bytes = 16 * 1024;
constexpr std::size_t most_header_bytes = 64 * 1024;

/// What the record says, before anything is put right.
result<event> read(source from, const log_record& record, const parse_context& context) {
  if (is_erasure(record)) {
    event e;
    e.user_id = record.key;
    // A time that cannot be read is none that ends the time of others.
    const bool told = !first_header(record, headers::time).empty();
    e.time = header_number(record, headers::time, told ? 0 : context.now_ms);
    e.what = user_erased{};
    return e;
  }
  switch (from) {
  case source::activity:
    return parse_activity(record.value, context);
  case source::order:
    return parse_order(record.value, context);
  default:
    return from_msgpack<event>(record.value);
  }
}

/// When the record came in. A foreign producer does not say; then it is the log's time, but no
/// later than now, as a topic may let producers write that. Without a bound one record of the year
/// 9999 would end the time of all others.
std::int64_t arrival_of(const log_record& record, engine_clock::wall_clock wall) {
  if (const auto told = header_number(record, headers::received, 0); told > 0) return told;
  const auto now = wall();
  return record.timestamp > 0 ? std::min(record.timestamp, now) : now;
}

std::string_view type_name(const event& e) {
  if (const auto* a = std::get_if<activity>(&e.what)) return name_of(a->type);
  if (std::holds_alternative<order>(e.what)) return "ORDER";
  return alternative_names(e.what)[e.what.index()];
}

} // namespace

void processor_state::start(processor_config c) {
  config = std::move(c);
  counts.partition = config.partition;
  bots = std::make_unique<engine::bot_filter>(config.bots);
  rates = std::make_unique<engine::rate_guard>(config.config->processor.max_events_per_10s);
  for (std::size_t slot = 0; slot < sources.size(); ++slot) {
    auto& s = sources[slot];
    s.where = {std::string{topics::of(static_cast<source>(slot))}, config.partition};
    const auto range = config.log->range(s.where);
    s.done = std::max(range.begin, config.log->committed(processor_group, s.where));
    s.end = s.end_at_start = range.end;
    follow(slot);
  }
}

void processor_state::follow(std::size_t slot) {
  auto& s = sources[slot];
  s.next = s.done;
  s.subscription = ++subscriptions;
  s.following = config.log->subscribe(
    s.where, s.done, deliver_to(processor_actor{self}, static_cast<int>(slot), s.subscription));
  s.following->grant(processor_credit);
}

void processor_state::delivered(const log_delivery& d) {
  auto& s = sources[static_cast<std::size_t>(d.slot)];
  // Read before a failure: it is read again.
  if (paused || d.subscription != s.subscription) return;
  if (!*d.batch) return start_over(d.batch->error());
  const auto& batch = **d.batch;
  const auto model = config.model->get();
  std::vector<storage::outgoing_record> out;
  out.reserve(batch.records.size());
  for (const auto& record : batch.records) {
    // The mark is for those who read the decisions; the erasure comes with the activities.
    if (d.slot == static_cast<int>(source::offer) && is_erasure(record)) continue;
    // What is read again after a failure has been counted.
    const bool counted = record.offset < s.counted;
    if (!counted) ++counts.received;
    auto outcome = process(static_cast<source>(d.slot), record, model.get());
    if (const auto* e = std::get_if<event>(&outcome)) {
      if (!counted) count(*e);
      out.push_back(processed_record(*e, config.partition, e->time));
      if (std::holds_alternative<user_erased>(e->what)) out.push_back(erasure_mark(e->user_id));
    } else {
      const auto& why = std::get<refusal>(outcome);
      if (!counted) {
        ++counts.refused;
        ++counts.refused_by_reason[why.reason];
      }
      out.push_back(dead_letter(batch.from, record, why));
    }
  }
  s.next = batch.next;
  s.counted = std::max(s.counted, batch.next);
  s.end = batch.end;
  const auto tag = next_tag++;
  under_way.push_back(
    {tag, static_cast<std::size_t>(d.slot), batch.next, batch.records.size(), out.empty()});
  if (out.empty()) return settle();
  // Relaxed: what is lost in a crash is made again from the raw topics, which are synced.
  const auto failed = config.log->append(
    std::move(out), storage::durability::relaxed,
    [to = processor_actor{self}, tag](const result<std::vector<std::int64_t>>& done) {
      caf::anon_send(to, append_outcome{tag, done ? error{} : done.error(), {}});
    });
  if (failed) start_over(failed);
}

std::variant<event, refusal> processor_state::process(source from, const log_record& record,
                                                      const engine::shared_model* model) {
  const auto& rules = config.config->processor;
  engine::arrival how;
  how.received = arrival_of(record, config.wall);
  how.from = from;
  how.partition = config.partition;
  how.offset = record.offset;
  const parse_context context{how.received, first_header(record, headers::event_id)};
  auto e = read(from, record, context);
  if (!e) {
    const auto& wrong = e.error();
    return refusal{"invalid",
                   wrong.field.empty() ? wrong.detail : wrong.field + ": " + wrong.detail};
  }
  if (e->user_id.empty()) return refusal{"invalid", "userId: is required"};
  if (record.key != e->user_id)
    return refusal{"wrong_key", "the record's key is not its userId, so its order is not known"};
  const bool looked_at = !first_header(record, headers::resubmitted).empty();
  const bool told = std::holds_alternative<user_erased>(e->what); // no shopper's doing
  if (from != source::offer && !looked_at && !told) {
    if (rules.bot_filter && bots->is_bot(first_header(record, headers::user_agent)))
      return refusal{"bot", "the user agent is a crawler's"};
    if (!rates->admit(e->user_id, e->time))
      return refusal{"impossible_rate", "more events in ten seconds than a person can cause"};
  }
  e->origin.producer = first_header(record, headers::producer);
  if (const auto line = header_number(record, headers::sequence, 0); line > 0)
    e->origin.sequence = line;
  const auto country = config.countries->of(std::string{first_header(record, headers::client)});
  how.country = country;
  engine::standardise(*e, how, rules);
  if (auto* a = std::get_if<activity>(&e->what); a && model) engine::enrich(*a, model->items);
  return std::move(*e);
}

storage::outgoing_record processor_state::dead_letter(const topic_partition& where,
                                                      const log_record& record,
                                                      const refusal& why) const {
  storage::outgoing_record out;
  out.topic = topics::dead_letters;
  out.partition = 0;
  out.key = record.key.substr(0, most_key_bytes);
  out.timestamp = config.wall();
  out.value = record.value.substr(0, most_value_bytes);
  std::size_t bytes = 0;
  for (const auto& h : record.headers)
    if ((bytes += h.first.size() + h.second.size()) <= most_header_bytes) out.headers.push_back(h);
  if (out.key.size() < record.key.size() || out.value.size() < record.value.size() ||
      bytes > most_header_bytes)
    out.headers.emplace_back(std::string{cut_header},
                             std::to_string(record.key.size() + record.value.size()));
  const auto add = [&](std::string_view name, std::string value) {
    out.headers.emplace_back(std::string{name}, std::move(value));
  };
  add(headers::topic, where.topic);
  add(headers::partition, std::to_string(where.partition));
  add(headers::offset, std::to_string(record.offset));
  add(headers::reason, why.reason);
  add(headers::detail, why.detail);
  return out;
}

/// Behind the user's dead letters, which are not shown any more.
storage::outgoing_record processor_state::erasure_mark(const std::string& user) const {
  storage::outgoing_record out;
  out.topic = topics::dead_letters;
  out.partition = 0;
  out.key = user;
  out.timestamp = config.wall();
  out.headers.push_back(erasure_header());
  return out;
}

void processor_state::count(const event& e) {
  ++counts.published;
  ++counts.by_type[std::string{type_name(e)}];
  const auto country = [&]() -> std::string_view {
    if (const auto* a = std::get_if<activity>(&e.what)) return a->country;
    if (const auto* o = std::get_if<order>(&e.what)) return o->country;
    return {};
  }();
  if (!country.empty()) ++counts.by_country[std::string{country}];
}

void processor_state::stored(const append_outcome& outcome) {
  if (outcome.tag < first_valid_tag) return;
  if (outcome.failure) return start_over(outcome.failure);
  const auto p = std::lower_bound(under_way.begin(), under_way.end(), outcome.tag,
                                  [](const auto& x, auto tag) { return x.tag < tag; });
  if (p != under_way.end() && p->tag == outcome.tag) p->stored = true;
  counts.failure.clear();
  settle();
}

/// Commits the sources of what is stored, in the order of reading: events and dead letters go to
/// different places, and may be stored in any order.
void processor_state::settle() {
  while (!under_way.empty() && under_way.front().stored) {
    const auto p = under_way.front();
    under_way.pop_front();
    auto& s = sources[p.slot];
    s.done = p.next;
    s.following->grant(p.records);
    config.log->commit(processor_group, s.where, s.done);
  }
}

void processor_state::start_over(const error& why) {
  counts.failure = why.detail;
  spdlog::error("event processor {}: {}; reading again in {} ms", config.partition, why.detail,
                processor_retry.count());
  for (auto& s : sources) s.following.reset();
  under_way.clear();
  // What is read again must not count twice against its user.
  rates = std::make_unique<engine::rate_guard>(config.config->processor.max_events_per_10s);
  first_valid_tag = next_tag;
  paused = true;
  self->delayed_send(self, processor_retry, atom::tick_v);
}

void processor_state::tick() {
  if (!std::exchange(paused, false)) return;
  for (std::size_t slot = 0; slot < sources.size(); ++slot) follow(slot);
}

processor_status processor_state::status() const {
  auto out = counts;
  out.ready = std::all_of(sources.begin(), sources.end(),
                          [](const auto& s) { return s.done >= s.end_at_start; });
  for (const auto& s : sources)
    out.lag += std::max<std::int64_t>(0, config.log->range(s.where).end - s.done);
  return out;
}

processor_actor::behavior_type
event_processor(processor_actor::stateful_pointer<processor_state> self, processor_config config) {
  self->state.start(std::move(config));
  return {
    [self](const log_delivery& d) { self->state.delivered(d); },
    [self](const append_outcome& outcome) { self->state.stored(outcome); },
    [self](atom::status) { return self->state.status(); },
    [self](atom::tick) { self->state.tick(); },
  };
}

} // namespace riq
