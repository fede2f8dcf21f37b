#include "actors/user.hpp"

#include <algorithm>
#include <utility>

#include <caf/send.hpp>

#include "actors/inspection.hpp"
#include "actors/live_events.hpp"
#include "actors/trigger_view.hpp"
#include "engine/analytics/hyperloglog.hpp"
#include "engine/apply.hpp"
#include "engine/features.hpp"
#include "engine/recommend.hpp"
#include "messages/hash.hpp"
#include "messages/json.hpp"
#include "messages/msgpack.hpp"
#include "messages/position.hpp"

namespace riq {
namespace {

// Whose message the thread handles; set by user_host::resume.
thread_local user_actor_state* current_user = nullptr;

bool same_list(const recommend& a, const recommend& b) {
  return a.limit == b.limit && a.include_seen == b.include_seen && a.category == b.category &&
         a.exclude == b.exclude;
}

/// The raw positions up to which the state holds, as a token that `?after=` takes.
std::string state_token(const user_state& state, std::int32_t partition) {
  std::vector<position> held;
  for (std::size_t i = 0; i < source_count; ++i)
    if (state.source_offsets[i] >= 0)
      held.push_back({static_cast<source>(i), partition, state.source_offsets[i]});
  return to_token(held);
}

std::string render_list(const user_state& state, const std::vector<engine::recommendation>& list,
                        std::uint64_t epoch, std::int64_t now, std::int32_t partition) {
  return render_json([&](json_writer& w) {
    w.StartObject();
    json_member(w, "userId", state.user_id);
    json_member(w, "recommendations", list);
    json_member(w, "stateAsOf", state_token(state, partition));
    json_member(w, "engineTime", engine::rfc3339(now));
    json_member(w, "modelEpoch", epoch);
    w.EndObject();
  });
}

/// Puts `"stale": true` into a rendered object.
answer marked_stale(const answer& fresh) {
  auto body = fresh.body;
  body.insert(body.size() - 1, R"(,"stale":true)");
  return {std::move(body)};
}

/// For the log of decisions, under an id that is the same whenever it is told again.
expiry_report expiry_of(const std::string& user, std::int64_t time, offer_expired&& what) {
  event e;
  e.id = "expired:" + std::to_string(what.decision);
  e.user_id = user;
  e.time = time;
  e.received = time;
  e.origin.from = source::offer;
  e.what = std::move(what);
  return {user, to_msgpack(e)};
}

/// Takes a list into what the user was shown, and sums it up.
engine::analytics::shown_summary remember_shown(const std::vector<engine::recommendation>& list,
                                                std::int64_t time,
                                                engine::analytics::shown_items& shown) {
  engine::analytics::shown_summary out;
  out.lists = 1;
  out.items = static_cast<std::int64_t>(list.size());
  const auto kept = std::min(list.size(), engine::analytics::shown_items::most);
  shown.make_room(kept);
  for (std::size_t i = 0; i < list.size(); ++i) {
    const auto& r = list[i];
    const auto hash = stable_hash(r.product_id);
    engine::analytics::add(out.distinct, hash);
    ++out.by_reason[static_cast<std::size_t>(r.kind)];
    for (std::size_t s = 0; s < source_kinds; ++s) out.by_source[s] += (r.source_bits >> s) & 1;
    if (i < kept) shown.add({hash, time, r.source_bits, r.kind, false, false});
  }
  return out;
}

} // namespace

std::int64_t user_actor_state::now() const {
  auto t = context->clock->now();
  if (context->clock->stream())
    if (const auto model = context->engine->model->get()) t = std::max(t, model->stream_time);
  return std::max(t, data.last_active);
}

void user_actor_state::apply(apply_events& batch) {
  events_applied out;
  out.user_id = data.user_id;
  out.batch = batch.batch;
  std::vector<session_update> updates;
  out.part.notes.resize(batch.events.size());
  auto note = out.part.notes.begin();
  std::vector<trigger_note> notes;
  std::vector<offer_expired> expired;
  const auto& features = context->engine->config->features;
  for (const auto& [offset, e] : batch.events) {
    updates.clear();
    notes.clear();
    expired.clear();
    if (const auto* served = std::get_if<offer_served>(&e.what)) arrived(*served);
    auto& means = *note++;
    if (engine::apply(data, e, offset, features, updates, means, &notes, &expired) ==
        engine::applied::duplicate) {
      ++out.duplicates;
      continue;
    }
    ++out.applied;
    if (!shown.empty()) note_shown(e, means);
    if (!notes.empty()) report(e, notes, out);
    for (auto& x : expired) out.expired.push_back(expiry_of(data.user_id, e.time, std::move(x)));
    for (auto& u : updates) out.updates.push_back({offset, std::move(u)});
  }
  if (out.applied > 0) kept.reset();
  out.part.events = std::move(batch.events);
  out.applied_offset = data.applied;
  out.state_bytes = engine::memory_of(data);
  const bool news = out.applied > 0;
  self->send(context->shard, std::move(out));
  if (news) fire_intent();
}

/// Whether the event met what was shown.
void user_actor_state::note_shown(const event& e, analytics_note& note) {
  if (!note.counts) return; // the shop's doing, which has no kind
  const auto met = [&](const std::string& product, bool converts) {
    if (!product.empty()) shown.met(stable_hash(product), e.time, converts, note.shown);
  };
  switch (note.kind) {
  case event_kind::view:
  case event_kind::click:
  case event_kind::time_on_page:
    met(std::get<activity>(e.what).product_id, false);
    break;
  case event_kind::add_to_cart:
    met(std::get<activity>(e.what).product_id, true);
    break;
  case event_kind::order:
    for (const auto& line : std::get<order>(e.what).items) met(line.product_id, true);
    break;
  default:
    break;
  }
}

answer user_actor_state::recommend_now(const recommend& question) {
  const auto& source = *context->engine->model;
  const auto& ranking = context->engine->config->ranking;
  const auto time = now();
  const auto age = kept ? time - kept->made : 0;
  // A clock that stepped back makes a list old, too: it would keep it until the clock is there
  // again.
  const bool fresh = kept && age >= 0 && kept->catalogue == source.catalogue() &&
                     same_list(kept->question, question) &&
                     ((!context->clock->stream() && age < ranking.refresh_ms) ||
                      (age < ranking.cache_ms && kept->model_epoch == source.epoch()));
  if (!fresh) {
    const auto model = source.get();
    const auto list = engine::recommend(
      data, model->items,
      {question.limit, question.category, &question.exclude, question.include_seen}, ranking, time);
    if (!kept) kept = std::make_unique<kept_list>();
    kept->question = question;
    kept->model_epoch = model->epoch;
    kept->catalogue = model->catalogue;
    kept->made = time;
    kept->shown.body = render_list(data, list, model->epoch, time, context->partition);
    kept->summary = remember_shown(list, time, shown);
    context->served->items(kept->summary.distinct);
    if (const auto& feed = context->engine->feed; feed && feed->wanted() && feed->admit(1) > 0)
      feed->publish(live_list(data.user_id, list, model->epoch, time));
  }
  context->served->list(kept->summary);
  return question.of.stale ? marked_stale(kept->shown) : kept->shown;
}

answer user_actor_state::candidates(const retrieve& question) const {
  const auto model = context->engine->model->get();
  const auto list =
    engine::retrieve(data, model->items, question.limit, context->engine->config->ranking, now());
  answer out{render_json([&](json_writer& w) {
    w.StartObject();
    json_member(w, "userId", data.user_id);
    json_member(w, "candidates", list);
    json_member(w, "modelEpoch", model->epoch);
    w.EndObject();
  })};
  return question.of.stale ? marked_stale(out) : out;
}

answer user_actor_state::ranking(const rank& question) const {
  const auto model = context->engine->model->get();
  const auto& weights = context->engine->config->ranking;
  const auto list = engine::rank(data, model->items, question.candidates, weights, now());
  answer out{render_json([&](json_writer& w) {
    w.StartObject();
    json_member(w, "userId", data.user_id);
    json_member(w, "ranking", list);
    json_key(w, "weights");
    w.StartObject();
    json_member(w, "userPref", weights.user_pref);
    json_member(w, "itemQuality", weights.item_quality);
    json_member(w, "recency", weights.recency);
    json_member(w, "diversity", weights.diversity);
    w.EndObject();
    json_member(w, "modelEpoch", model->epoch);
    w.EndObject();
  })};
  return question.of.stale ? marked_stale(out) : out;
}

answer user_actor_state::features(const get_features& question) const {
  return {
    engine::render_features(data, now(), context->engine->config->features, question.of.stale)};
}

answer user_actor_state::inspection() const {
  return {render_inspection(
    data,
    {context->partition, true, now(), engine::memory_of(data), kept ? &kept->shown.body : nullptr},
    context->engine->config->features)};
}

answer user_actor_state::exported(const export_user& question) const {
  const answer out{render_export(data, now(), context->engine->config->features)};
  return question.of.stale ? marked_stale(out) : out;
}

void user_actor_state::send_snapshot(bool final) {
  user_snapshot out;
  out.user_id = data.user_id;
  out.applied_offset = data.applied;
  out.final = final;
  if (engine::is_kept(data, now())) {
    out.bytes = to_msgpack(data);
    out.next_due = next_due_of(data, *context->engine);
  }
  self->send(context->shard, std::move(out));
}

void user_actor_state::wake(std::int64_t at) {
  for (auto& due : engine::due_facts(data, at, context->engine->config->features)) {
    event e;
    e.user_id = data.user_id;
    e.time = due.time;
    e.received = e.time;
    e.origin.from = source::internal;
    e.id = "timer:" + std::to_string(e.time);
    // What else tells it from another that is due at the same time.
    if (const auto* c = std::get_if<cart_abandoned>(&due.what))
      e.id += ":cart:" + std::to_string(c->cart_time);
    else if (const auto* x = std::get_if<offer_expired>(&due.what))
      e.id += ":" + std::to_string(x->decision);
    e.what = std::move(due.what);
    self->send(context->shard, std::move(e));
  }
  fire_due(at);
}

void user_actor_state::passivate() {
  send_snapshot(true);
  give_back_choices();
  self->quit();
}

user_host::user_host(caf::actor_config& config, std::shared_ptr<const user_context> context,
                     user_state data)
  : stateful_actor(config) {
  set_exception_handler([](caf::scheduled_actor* self, std::exception_ptr& what) {
    return static_cast<user_host*>(self)->failed(what);
  });
  // The seed differs between lives of the actor, so that a user does not meet the same draws again.
  state.random = engine::random_source(
    stable_hash(data.user_id, static_cast<std::uint64_t>(context->engine->wall()) ^
                                (static_cast<std::uint64_t>(data.applied) << 20)));
  state.context = std::move(context);
  state.data = std::move(data);
}

/// A shard that waits for the answer of an actor that is no more would wait without a word.
caf::error user_host::failed(const std::exception_ptr& what) {
  std::string why = "an unknown exception";
  try {
    std::rethrow_exception(what);
  } catch (const std::exception& e) {
    why = e.what();
  } catch (...) {
  }
  send(state.context->shard, user_failed{state.data.user_id, std::move(why)});
  return caf::exit_reason::unhandled_exception;
}

user_host::resume_result user_host::resume(caf::execution_unit* on, std::size_t most_messages) {
  // A scheduler may run an actor from within another one's turn.
  auto* const outer = std::exchange(current_user, &state);
  const auto result = stateful_actor::resume(on, most_messages);
  current_user = outer;
  return result;
}

user_actor::behavior_type user_host::make_behavior() {
  static const auto shared = user();
  return shared;
}

user_actor::behavior_type user() {
  return {
    [](apply_events& batch) { current_user->apply(batch); },
    [](const recommend& question) { return current_user->recommend_now(question); },
    [](const retrieve& question) { return current_user->candidates(question); },
    [](const rank& question) { return current_user->ranking(question); },
    [](const get_features& question) { return current_user->features(question); },
    [](const choose_offer& question) { return current_user->choose(question); },
    [](const look_up_decision& question) { return current_user->standing(question); },
    [](const dry_run& question) { return current_user->dry(question); },
    [](const what_if& question) { return current_user->imagine(question); },
    [](const item_changed& news) { current_user->item_news(news); },
    [](const inspect_user&) { return current_user->inspection(); },
    [](const export_user& question) { return current_user->exported(question); },
    [](atom::snapshot) { current_user->send_snapshot(false); },
    [](atom::wake, std::int64_t now) { current_user->wake(now); },
    [](atom::decide) { current_user->fire_intent(); },
    [](atom::passivate) { current_user->passivate(); },
  };
}

} // namespace riq
