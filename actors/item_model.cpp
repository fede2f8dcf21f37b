#include "actors/item_model.hpp"

#include <algorithm>
#include <utility>

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "actors/deliveries.hpp"
#include "messages/caf_error.hpp"
#include "messages/json.hpp"
#include "messages/msgpack.hpp"
#include "messages/parse_item.hpp"
#include "messages/partition.hpp"
#include "messages/topics.hpp"

namespace riq {
namespace {

constexpr auto model_tick = std::chrono::milliseconds(20);
// Records under way from each partition; a model that restores reads in large steps.
constexpr std::size_t model_credit = 4'096;
// A log that could not be read gets this long before the next attempt.
constexpr std::int64_t model_follow_again_ms = 1'000;

answer render_item(const engine::item_model& model, const item& x) {
  const auto counts = model.counts(x.product_id, model.stream_time());
  return {render_json([&](json_writer& w) {
    w.StartObject();
    write_json_members(w, x);
    json_key(w, "counts");
    w.StartObject();
    json_member(w, "views", counts ? counts->views : 0);
    json_member(w, "carts", counts ? counts->carts : 0);
    json_member(w, "purchases", counts ? counts->purchases : 0);
    json_member(w, "lastSeen", counts ? counts->last_seen : 0);
    w.EndObject();
    w.EndObject();
  })};
}

} // namespace

void model_change::apply_to(engine::shared_model& model) {
  switch (kind) {
  case what::put:
    model.items.put(put);
    ++model.catalogue;
    break;
  case what::removed:
    model.items.remove(removed, removed_at);
    ++model.catalogue;
    break;
  case what::updates:
    if (learned) {
      model.items.repeat(updates, *learned);
    } else {
      model.items.apply(updates);
      learned = model.items.learned();
    }
    for (const auto& u : updates) model.offers.apply(u);
  }
}

std::int64_t model_state::steady_now() const {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
           self->clock().now().time_since_epoch())
    .count();
}

void model_state::start(model_config c) {
  config = std::move(c);
  const auto fresh = [&] { return std::make_unique<engine::shared_model>(config.config->model); };
  models = std::make_unique<left_right<engine::shared_model, model_change>>(fresh(), fresh());
  config.source->publish(std::make_shared<const engine::shared_model>(config.config->model));
  follow(topics::session_updates, false);
  follow(topics::item_updates, true);
  counts.ready = std::all_of(followers.begin(), followers.end(),
                             [](const auto& f) { return f->next >= f->end_at_start; });
}

/// While anything waits for time to pass; a model that is up to date costs nothing.
void model_state::look_again() {
  const auto follows = [](const auto& f) { return f->following != nullptr; };
  if (looking ||
      (waiting.empty() && !models->unpublished() && std::ranges::all_of(followers, follows)))
    return;
  looking = true;
  self->delayed_send(self, model_tick, atom::tick_v);
}

void model_state::follow(std::string_view topic, bool items) {
  for (std::int32_t p = 0; p < config.log->partitions(topic); ++p) {
    auto f = std::make_shared<follower>();
    f->where = {std::string{topic}, p};
    f->items = items;
    const auto range = config.log->range(f->where);
    f->next = range.begin;
    f->end = f->end_at_start = range.end;
    followers.push_back(f);
    listen(followers.size() - 1);
  }
}

void model_state::listen(std::size_t slot) {
  auto& f = *followers[slot];
  f.following =
    config.log->subscribe(f.where, f.next, deliver_to(model_actor{self}, static_cast<int>(slot)));
  f.following->grant(model_credit);
}

void model_state::delivered(const log_delivery& d) {
  auto& f = *followers[static_cast<std::size_t>(d.slot)];
  if (!*d.batch) {
    counts.failure = d.batch->error().detail;
    spdlog::error("item model: {}", counts.failure);
    f.following.reset();
    f.follow_again = steady_now() + model_follow_again_ms;
    return look_again();
  }
  counts.failure.clear();
  const auto& batch = **d.batch;
  for (const auto& record : batch.records) {
    if (f.items)
      take_item(record);
    else
      take_updates(f, record);
  }
  f.next = batch.next;
  f.end = batch.end;
  f.following->grant(batch.records.size());
  publish();
  look_again();
  if (!counts.ready && std::all_of(followers.begin(), followers.end(),
                                   [](const auto& x) { return x->next >= x->end_at_start; })) {
    counts.ready = true;
    spdlog::info("item model is ready: {} items", models->newest().items.items());
  }
}

void model_state::take_updates(follower& f, const log_record& record) {
  auto updates = from_msgpack<std::vector<numbered_update>>(record.value);
  if (!updates) {
    spdlog::error("item model: offset {} of {} is no list of updates; skipped", record.offset,
                  f.where.topic);
    return;
  }
  // A shard that replays repeats what it already told; the offset behind it gives it away.
  const auto seen = f.seen_offset;
  model_change change;
  change.updates.reserve(updates->size());
  for (auto& u : *updates) {
    if (u.offset <= seen) continue;
    f.seen_offset = std::max(f.seen_offset, u.offset);
    newest_time = std::max(newest_time, u.update.time);
    change.updates.push_back(std::move(u.update));
  }
  counts.updates += change.updates.size();
  if (!change.updates.empty()) models->apply(std::move(change));
}

void model_state::take_item(const log_record& record) {
  model_change change;
  if (record.tombstone) {
    change.kind = model_change::what::removed;
    change.removed = record.key;
    // Without the header it is another producer's, whose time is the record's.
    change.removed_at = header_number(record, headers::time, record.timestamp);
  } else {
    auto parsed = parse_item(record.key, record.value);
    if (!parsed) {
      spdlog::error("item model: offset {} of item-updates: {}: {}", record.offset,
                    parsed.error().field, parsed.error().detail);
      return;
    }
    change.kind = model_change::what::put;
    change.put = std::move(*parsed);
  }
  ++counts.updates;
  models->apply(std::move(change));
}

void model_state::tick() {
  looking = false;
  const auto now = steady_now();
  std::erase_if(waiting, [&](waiting_question& w) {
    if (now < w.deadline && !holds(w.question)) return false;
    answer_item(w.question, w.promise);
    return true;
  });
  for (std::size_t slot = 0; slot < followers.size(); ++slot)
    if (const auto& f = *followers[slot]; !f.following && now >= f.follow_again) listen(slot);
  publish();
  look_again();
}

void model_state::publish() {
  const auto now = steady_now();
  if (now - last_publication < config.config->model.publish_every_ms) return;
  if (!models->worth_publishing()) return;
  last_publication = now;
  ++counts.epoch;
  config.source->publish(models->publish([&](engine::shared_model& m) {
    m.epoch = counts.epoch;
    m.stream_time = newest_time;
  }));
}

/// Whether the writer's copy can answer, and has what the question waits for.
bool model_state::holds(const get_item& question) {
  if (!models->caught_up()) return false;
  if (question.after < 0) return true;
  const auto partition =
    partition_of(question.product_id, std::max(1, config.log->partitions(topics::item_updates)));
  const auto f = std::find_if(followers.begin(), followers.end(), [&](const auto& x) {
    return x->items && x->where.partition == partition;
  });
  return f == followers.end() || (*f)->next > question.after;
}

void model_state::answer_item(const get_item& question,
                              caf::typed_response_promise<answer>& promise) {
  // A reader that keeps an old epoch for long holds up the newest changes, but no answer.
  const auto published = config.source->get();
  const auto& model = models->caught_up() ? models->newest().items : published->items;
  if (const auto* x = model.find(question.product_id))
    promise.deliver(render_item(model, *x));
  else
    promise.deliver(to_caf({ec::not_found, "productId", "no item has this id"}));
}

caf::result<answer> model_state::item_of(const get_item& question) {
  auto promise = self->make_response_promise<answer>();
  if (holds(question)) {
    answer_item(question, promise);
  } else {
    waiting.push_back({question, steady_now() + config.config->http.after_wait_ms, promise});
    look_again();
  }
  return promise;
}

model_status model_state::status() const {
  auto out = counts;
  const auto& model = models->newest().items;
  out.items = model.items();
  out.sessions = model.sessions();
  out.bytes = 2 * model.memory();
  out.stream_time = newest_time;
  for (const auto& f : followers) out.lag += std::max<std::int64_t>(0, f->end - f->next);
  return out;
}

model_actor::behavior_type item_model(model_actor::stateful_pointer<model_state> self,
                                      model_config config) {
  self->state.start(std::move(config));
  return {
    [self](const log_delivery& d) { self->state.delivered(d); },
    [self](const get_item& question) { return self->state.item_of(question); },
    [self](atom::status) { return self->state.status(); },
    [self](atom::tick) { self->state.tick(); },
  };
}

} // namespace riq
