#include "actors/shard.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "actors/deliveries.hpp"
#include "actors/processed_record.hpp"
#include "actors/trigger_records.hpp"
#include "actors/update_records.hpp"
#include "messages/caf_error.hpp"
#include "messages/hash.hpp"
#include "messages/msgpack.hpp"
#include "messages/topics.hpp"

namespace riq {
namespace {

// Snapshots that wait for the store, and users in memory beyond those that may be, before the shard
// stops reading on, so that memory is bounded.
constexpr std::size_t max_unstored = 50'000;
constexpr std::size_t max_over = 10'000;

// What users applied is told to the item model so often, or when it comes from so many records.
constexpr std::int64_t tell_every_ms = 200;
constexpr std::size_t tell_at_once = 256;
// An item that nobody met for so long is met seldom.
constexpr std::int64_t seldom_ms = 60'000;

// Records of a delivery that are looked at together.
constexpr std::size_t records_at_once = 32;

// A log that could not be read gets this long before the next attempt.
constexpr std::int64_t follow_again_after_ms = 1'000;

} // namespace

error validate(const shard_config& config) {
  if (!config.engine || !config.log || !config.store)
    return {ec::invalid, "", "a shard needs an engine context, a log and a state store"};
  if (config.resident_users == 0)
    return {ec::invalid, "shards.resident_users", "allow at least one resident user a shard"};
  return {};
}

std::int64_t shard_state::steady_now() const {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
           self->clock().now().time_since_epoch())
    .count();
}

double shard_state::ms_since(caf::actor_clock::time_point start) const {
  return std::chrono::duration<double, std::milli>(self->clock().now() - start).count();
}

/// Logged once, however often it is tried again until it works.
void shard_state::fail(std::string& part, const error& why) {
  if (part != why.detail)
    spdlog::error("shard {}: {}: {}", config.partition, name_of(why.code), why.detail);
  part = why.detail;
}

void shard_state::start(shard_config c) {
  config = std::move(c);
  started_at = self->clock().now();
  counts.partition = config.partition;
  clock = std::make_shared<engine_clock>(config.engine->config->engine.time == "stream",
                                         config.engine->wall);
  users = std::make_shared<user_context>(user_context{
    config.engine, clock, shard_actor{self}, config.partition, std::make_shared<serving_board>()});
  passed_on = config.resume_from;
  const auto shards = std::max(1, config.log->partitions(topics::processed_events));
  sample = engine::touch_sample(config.engine->config->model.sample_above_per_sec /
                                static_cast<double>(shards));
  // Shards that start together commit apart, or events would wait behind all their states at once.
  const auto every = std::int64_t{config.engine->config->shards.commit_every_ms};
  last_commit = steady_now() - every + every * config.partition / shards;
  // In this order: what the processor has committed by now lies before the end that is read next.
  for (const auto from : {source::activity, source::order, source::offer})
    published_at_start[static_cast<std::size_t>(from)] =
      config.log->committed(processor_group, {std::string{topics::of(from)}, config.partition}) - 1;
  end_at_start = config.log->range({std::string{topics::processed_events}, config.partition}).end;
  counts.end_offset = end_at_start;
  counts.committed_offset = config.resume_from;
  begin_interests();
  load_analytics();
  load_budgets();
  begin_ticks();
}

/// From the first record that is not passed on; only while no batch is open.
void shard_state::follow() {
  withheld_credit = 0;
  following = config.log->subscribe({std::string{topics::processed_events}, config.partition},
                                    passed_on, deliver_to(shard_actor{self}));
  following->grant(config.engine->config->shards.credit_records);
}

void shard_state::caught_up() {
  if (counts.ready || !analytics_ready || !budgets_ready || passed_on < end_at_start) return;
  counts.ready = true;
  counts.replayed = std::max<std::int64_t>(0, passed_on - config.resume_from);
  counts.ready_after_ms = ms_since(started_at);
  // A reader may ask for what an earlier life applied, which is not delivered again.
  for (std::size_t i = 0; i < source_count; ++i)
    waiters.passed(static_cast<source>(i), published_at_start[i]);
  waiters.release(steady_now());
  spdlog::info("shard {} is ready at offset {}", config.partition, passed_on);
  decide_what_waited();
}

/// Timers and the catalogue's news wait in the shard, and come with the next ticks.
void shard_state::decide_what_waited() {
  users->restored->store(true, std::memory_order_release);
  if (!config.engine->triggers->get()->any(trigger_kind::high_intent)) return;
  residents.for_each([this](resident& r) {
    if (r.state == resident::phase::live && r.last_dispatched >= 0)
      self->send(r.actor, atom::decide_v);
  });
}

void shard_state::delivered(const log_delivery& d) {
  if (draining) return;
  look_soon();
  if (!*d.batch) {
    fail(failures.reading, d.batch->error());
    following.reset();
    follow_again = steady_now() + follow_again_after_ms;
    return;
  }
  failures.reading.clear();
  const auto& batch = **d.batch;
  counts.end_offset = batch.end;
  // Grouped by user, in the order of each user's first event.
  std::vector<user_part> parts;
  const auto model = config.engine->model->get();
  for (std::span<const log_record> left = batch.records; !left.empty();) {
    const auto some = left.first(std::min(left.size(), records_at_once));
    left = left.subspan(some.size());
    read_events(some, batch.from, model.get());
    for (auto& one : arrived) take_event(one, model.get(), parts);
  }
  const auto number = batches.open(batch.next, batch.records.size(), parts.size());
  for (auto& [user, events] : parts) {
    events.batch = number;
    pass_on(*user, std::move(events));
  }
  load_missing();
  complete_batches();
  waiters.release(steady_now());
}

/// Into `arrived`. What the next step reads of memory is asked for, for all of them at once.
void shard_state::read_events(std::span<const log_record> records, const topic_partition& from,
                              const engine::shared_model* model) {
  arrived.clear();
  std::array<std::uint64_t, records_at_once> users;
  std::array<std::uint64_t, records_at_once> items;
  for (const auto& record : records) {
    auto& one = arrived.emplace_back();
    if (!read_msgpack(record.value, one.what)) {
      spdlog::error("shard {}: offset {} of {} is no event; skipped", config.partition,
                    record.offset, from.topic);
      arrived.pop_back();
      continue;
    }
    one.offset = record.offset;
    const auto* a = std::get_if<activity>(&one.what.what);
    one.user = users[arrived.size() - 1] = stable_hash(one.what.user_id);
    one.item = items[arrived.size() - 1] = a ? stable_hash(a->product_id) : 0;
  }
  residents.foresee({users.data(), arrived.size()});
  if (!interests) return;
  interests->foresee({users.data(), arrived.size()}, {items.data(), arrived.size()});
  if (model != nullptr) model->items.foresee({items.data(), arrived.size()});
}

void shard_state::take_event(arrival& one, const engine::shared_model* model,
                             std::vector<user_part>& parts) {
  auto& e = one.what;
  if (take_budget(e, one.offset)) return;
  clock->saw(e.time);
  waiters.passed(e.origin.from, e.origin.offset);
  note_interest(one, model);
  if (e.origin.from == source::internal)
    if (const auto w = woken.find(e.user_id); w != woken.end()) w->second.fact = one.offset;
  auto& r = need({e.user_id, one.user});
  if (r.delivery != batches.upcoming()) {
    r.delivery = batches.upcoming();
    r.part = static_cast<std::uint32_t>(parts.size());
    parts.push_back({&r, {}});
  }
  parts[r.part].events.events.emplace_back(one.offset, std::move(e));
}

void shard_state::pass_on(resident& r, apply_events&& events) {
  const auto now = steady_now();
  residents.touch(r, now);
  residents.dispatched(r, events.events.front().first, now);
  residents.dispatched(r, events.events.back().first, now);
  if (r.state == resident::phase::live) {
    self->send(r.actor, std::move(events));
    return;
  }
  // A damaged user leaves its batch open, so that the shard stops instead of forgetting events.
  r.pending.push_back([this, events = std::move(events)](resident& now) mutable {
    if (!*now.damage) self->send(now.actor, std::move(events));
  });
}

void shard_state::applied(events_applied& a) {
  counts.events += a.applied;
  counts.duplicates += a.duplicates;
  if (auto* r = residents.find(a.user_id)) residents.resized(*r, a.state_bytes);
  batches.finished(a.batch, std::move(a.updates), std::move(a.part),
                   {std::move(a.triggers), std::move(a.expired)});
  complete_batches();
}

/// Many small deliveries make one record of updates, or a log that takes each record to another
/// machine would be busy with those. What somebody waits for is told at once.
bool shard_state::telling_due(std::size_t records) const {
  const auto enough =
    std::min<std::size_t>(tell_at_once, config.engine->config->shards.credit_records / 2);
  return draining || !counts.ready || batches.complete_reports() ||
         (config.engine->feed && config.engine->feed->wanted()) || records >= enough ||
         steady_now() - last_told >= tell_every_ms;
}

void shard_state::complete_batches(bool at_once) {
  const auto records = batches.complete_records();
  if (records > 0 && (at_once || telling_due(records))) {
    auto& b = *batches.complete();
    // Tried again with the next tick. Nothing the batch changed is stored before it was told.
    if ((!b.updates.empty() || !b.reports.empty()) && !tell(b)) return caught_up();
    last_told = steady_now();
    count(b);
    passed_on = b.next;
    counts.applied_offset = b.next - 1;
    batches.pop();
    grant(records);
  }
  caught_up();
}

/// Every node learns what is told here: of more than that, the model gets a sample of the sessions,
/// and what touches items that it does not know, or that nobody met lately, as a sample may miss
/// all that ever touches those.
shard_state::weighed shard_state::weigh_touches(std::vector<numbered_update>& updates,
                                                engine::touch_sample& by) const {
  const auto model = config.engine->model->get();
  weighed out{std::vector<bool>(updates.size(), true), 0};
  std::vector<engine::heard_question> questions;
  std::vector<std::size_t> asked;
  for (std::size_t i = 0; i < updates.size(); ++i) {
    auto& u = updates[i].update;
    if (u.kind != session_update::what::touch) continue;
    u.weight = by.weigh(u.session_key, u.time);
    if (u.weight > 0) continue;
    ++out.left_out;
    questions.push_back({u.product_id, u.time - seldom_ms});
    asked.push_back(i);
  }
  model->items.heard_of(questions);
  for (std::size_t i = 0; i < asked.size(); ++i) out.told[asked[i]] = !questions[i].heard;
  return out;
}

/// To the item model and to whoever follows triggers and decisions, by way of the log; false when
/// it takes nothing now. Everything carries its event's position: a replay tells the same again.
bool shard_state::tell(batch_tracker::batch& b) {
  const auto now = config.engine->wall();
  auto next_sample = sample;
  const auto [told, left_out] = weigh_touches(b.updates, next_sample);
  std::vector<storage::outgoing_record> records;
  add_update_records(records, b.updates, told, config.partition, now);
  for (const auto& t : b.reports.triggers) add_trigger_records(records, t, config.partition, now);
  for (const auto& x : b.reports.expired) {
    auto& record = records.emplace_back();
    record.topic = topics::offer_decisions;
    record.partition = config.partition;
    record.key = x.user_id;
    record.timestamp = now;
    record.value = x.event;
    record.headers = {{std::string{headers::received}, std::to_string(now)}};
  }
  if (!records.empty()) {
    // Relaxed: a crash that takes it back takes back every commit that relies on it.
    const auto failed = config.log->append(std::move(records), storage::durability::relaxed, {});
    if (failed) {
      // A full queue is no fault of anybody's, and passes.
      if (failed.code == ec::queue_full)
        spdlog::warn("shard {}: session updates wait: {}", config.partition, failed.detail);
      else
        fail(failures.telling, failed);
      return false;
    }
    failures.telling.clear();
  }
  sample = next_sample;
  counts.touches_sampled_out += left_out;
  for (const auto& t : b.reports.triggers) {
    counts.triggers_fired += t.kind == trigger_note::what::fired;
    counts.triggers_skipped += t.kind == trigger_note::what::skipped;
    counts.triggers_capped += t.kind == trigger_note::what::capped;
    counts.triggers_converted += t.kind == trigger_note::what::converted;
  }
  return true;
}

void shard_state::grant(std::size_t records) {
  withheld_credit += records;
  if (!following || withheld_credit == 0 || snapshots.size() > max_unstored ||
      residents.size() > config.resident_users + max_over)
    return;
  following->grant(std::exchange(withheld_credit, 0));
}

void shard_state::append_fact(event& e) {
  std::vector<storage::outgoing_record> records;
  records.push_back(processed_record(e, config.partition, config.engine->wall()));
  // Relaxed: a fact that is lost comes due again, as the timer behind it is still in the state.
  const auto failed =
    config.log->append(std::move(records), storage::durability::relaxed,
                       [to = shard_actor{self}](const result<std::vector<std::int64_t>>& done) {
                         if (!done) caf::anon_send(to, append_outcome{0, done.error(), {}});
                       });
  if (failed) fact_lost({0, failed, {}});
}

void shard_state::fact_lost(const append_outcome& outcome) {
  // Which one is not worth remembering: all of them fire again, and those that were kept do
  // nothing.
  spdlog::warn("shard {}: a timer's fact was not kept: {}", config.partition,
               outcome.failure.detail);
  woken.clear();
  reread_items();
}

shard_actor::behavior_type shard(shard_actor::stateful_pointer<shard_state> self,
                                 shard_config config) {
  if (const auto wrong = validate(config)) {
    self->quit(to_caf(wrong));
    return shard_actor::behavior_type::make_empty_behavior();
  }
  self->state.start(std::move(config));
  return {
    [self](const log_delivery& d) {
      // Slot 0 is the shard's own partition, the others are the catalogue's.
      if (d.slot == 0)
        self->state.delivered(d);
      else
        self->state.items_delivered(d);
    },
    [self](const users_loaded& l) { self->state.loaded(l); },
    [self](const commit_outcome& c) { self->state.committed(c); },
    [self](const users_due& d) { self->state.due(d); },
    [self](events_applied& a) { self->state.applied(a); },
    [self](user_snapshot& s) { self->state.snapshot(s); },
    [self](const user_failed& f) { self->state.failed(f); },
    [self](event& e) { self->state.append_fact(e); },
    [self](const append_outcome& outcome) { self->state.fact_lost(outcome); },
    [self](const recommend& q) { return self->state.pass_question<answer>(q); },
    [self](const retrieve& q) { return self->state.pass_question<answer>(q); },
    [self](const rank& q) { return self->state.pass_question<answer>(q); },
    [self](const get_features& q) { return self->state.pass_question<answer>(q); },
    [self](const choose_offer& q) { return self->state.pass_question<offer_choice>(q); },
    [self](const export_user& q) { return self->state.pass_question<answer>(q); },
    [self](const dry_run& q) { return self->state.pass_question<answer>(q); },
    [self](const what_if& q) { return self->state.pass_question<answer>(q); },
    [self](const look_up_decision& q) { return self->state.pass_question<decision_standing>(q); },
    [self](const get_budgets&) { return self->state.budget_shares(); },
    [self](const want_lease& want) { return self->state.lease(want); },
    [self](const users_scanned& s) { self->state.scanned(s); },
    [self](atom::heard) {
      if (self->state.unheard > 0) --self->state.unheard;
    },
    [self](const inspect_user& q) { return self->state.look(q); },
    [self](const ask_analytics& q) { return self->state.answer_analytics(q); },
    [self](const analytics_loaded& l) { self->state.analytics_loaded_now(l); },
    [self](atom::status) { return self->state.status(); },
    [self](atom::tick) { self->state.ticked(); },
    [self](atom::drain) { return self->state.drain(); },
  };
}

} // namespace riq
