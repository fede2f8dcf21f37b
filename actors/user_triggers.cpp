// What a user's actor decides about triggers: the facts go to the shard, and change the state when
// they come back through the log.
#include <algorithm>

#include <caf/send.hpp>

#include "actors/trigger_view.hpp"
#include "actors/user.hpp"
#include "engine/features.hpp"
#include "engine/recommend.hpp"
#include "engine/triggers/compose.hpp"
#include "messages/hash.hpp"
#include "messages/json.hpp"
#include "messages/msgpack.hpp"

namespace riq {
namespace {

event fact_of(trigger_fired&& f, const std::string& user, std::int64_t time) {
  event e;
  e.user_id = user;
  e.time = time;
  e.received = time;
  e.origin.from = source::internal;
  e.id = engine::trigger_event_id(f);
  e.what = std::move(f);
  return e;
}

std::string offer_event(const trigger_fired& f, const std::string& user, std::int64_t time) {
  auto served = from_msgpack<offer_served>(f.offer);
  if (!served) return {};
  event e;
  e.user_id = user;
  e.id = "offer:" + std::to_string(stable_hash(served->decision_id));
  e.time = time;
  e.received = time;
  e.origin.from = source::offer;
  e.what = std::move(*served);
  return to_msgpack(e);
}

std::string conversion(const trigger_note& n, const std::string& id, const event& e) {
  return render_json([&](json_writer& w) {
    w.StartObject();
    json_member(w, "id", id);
    json_member(w, "kind", std::string_view{"converted"});
    json_member(w, "userId", e.user_id);
    json_member(w, "orderId", n.order_id);
    json_member(w, "total", n.total);
    json_member(w, "time", n.time);
    json_member(w, "eventId", e.id);
    if (!n.decision_id.empty()) json_member(w, "decisionId", n.decision_id);
    w.EndObject();
  });
}

/// An offer that nobody was made: without the id that an outcome could name.
std::string imagined(const offer_choice& choice) {
  auto body = choice.shown.body;
  const auto& id = choice.served.decision_id;
  if (const auto at = body.find(id); !id.empty() && at != std::string::npos)
    body.erase(at, id.size());
  return body;
}

/// Composes, adds the offer, and hands the fact to the shard.
void fire(user_actor_state& user, const engine::armed_trigger& armed, const trigger_view& view,
          std::int64_t now) {
  const auto& config = *user.context->engine->config;
  const auto model = user.context->engine->model->get();
  auto f = engine::composed(armed, user.data, model->items, config.ranking, view.world, now);
  const auto& campaign = armed.rule->told.campaign;
  if (f.verdict == trigger_verdict::fire && !campaign.empty()) {
    choose_offer question;
    question.campaign = campaign;
    // A user to whom no offer is open is reminded all the same.
    if (auto choice = user.decide_offer(user.data, question, user.random)) {
      user.remember(*choice);
      choice->served.by_trigger = true;
      f.offer = to_msgpack(choice->served);
      // Of the holdout nothing is offered, and that is logged too.
      if (!choice->served.arm.empty()) f.offer_shown = std::move(choice->shown.body);
    }
  }
  user.self->send(user.context->shard, fact_of(std::move(f), user.data.user_id, now));
}

} // namespace

void user_actor_state::report(const event& e, const std::vector<trigger_note>& notes,
                              events_applied& to) const {
  for (const auto& n : notes) {
    if (n.kind == trigger_note::what::no_effect) continue;
    trigger_report r;
    r.kind = n.kind;
    r.offset = n.offset;
    r.user_id = data.user_id;
    r.id = trigger_id(context->partition, n.offset);
    if (n.kind == trigger_note::what::fired) {
      const auto& f = std::get<trigger_fired>(e.what);
      r.body = engine::render_trigger(f, r.id, data.user_id, e.time);
      if (!f.offer.empty()) r.offer_event = offer_event(f, data.user_id, e.time);
    } else if (n.kind == trigger_note::what::converted) {
      r.body = conversion(n, r.id, e);
    }
    to.triggers.push_back(std::move(r));
  }
}

void user_actor_state::fire_due(std::int64_t at) {
  if (data.total.events == 0) return;
  const trigger_view view{*context->engine};
  const auto time = std::max(at, data.last_active);
  for (const auto& armed : engine::armed_timers(data, view.world))
    if (armed.why == engine::hindrance::none && armed.due <= time) fire(*this, armed, view, time);
}

void user_actor_state::fire_intent() {
  if (!context->restored->load(std::memory_order_acquire)) return;
  const trigger_view view{*context->engine};
  if (!view.rules->any(trigger_kind::high_intent)) return;
  const auto time = now();
  for (const auto& armed : engine::high_intent(data, view.world, time))
    if (armed.why == engine::hindrance::none) fire(*this, armed, view, time);
}

void user_actor_state::item_news(const item_changed& news) {
  const trigger_view view{*context->engine};
  const auto time = now();
  const engine::item_change change{news.product_id, news.price, news.in_stock, news.came_back,
                                   news.number};
  for (const auto& armed : engine::triggers_of(change, data, view.world, time))
    if (armed.why == engine::hindrance::none || armed.why == engine::hindrance::quiet)
      fire(*this, armed, view, time);
  self->send(context->shard, atom::heard_v);
}

answer user_actor_state::dry(const dry_run& question) const {
  const trigger_view view{*context->engine};
  const auto& config = *context->engine->config;
  const auto model = context->engine->model->get();
  const auto time = now() + std::int64_t{question.in_minutes} * 60'000;
  auto armed = data.total.events == 0 ? std::vector<engine::armed_trigger>{}
                                      : engine::armed_timers(data, view.world);
  if (question.in_minutes == 0)
    for (auto& a : engine::high_intent(data, view.world, time)) armed.push_back(std::move(a));
  return {render_json([&](json_writer& w) {
    w.StartObject();
    json_member(w, "userId", data.user_id);
    json_member(w, "engineTime", engine::rfc3339(time));
    json_member(w, "consent", data.triggers->consent);
    json_member(w, "timeZone", data.triggers->time_zone);
    json_key(w, "now");
    w.StartArray();
    for (const auto& a : armed) {
      if (a.why != engine::hindrance::none || a.due > time) continue;
      const auto f = engine::composed(a, data, model->items, config.ranking, view.world, time);
      if (f.verdict == trigger_verdict::fire)
        write_json(w, raw_json{engine::render_trigger(f, {}, data.user_id, time)});
    }
    w.EndArray();
    json_key(w, "armed");
    write_json(w, raw_json{engine::render_armed(armed, time)});
    json_member(w, "contacts", data.triggers->contacts);
    if (question.of.stale) json_member(w, "stale", true);
    w.EndObject();
  })};
}

answer user_actor_state::imagine(const what_if& question) const {
  const auto& config = *context->engine->config;
  auto copy = data;
  std::uint64_t applied = 0;
  std::uint64_t duplicates = 0;
  if (const auto events = from_msgpack<std::vector<event>>(question.events)) {
    std::vector<session_update> updates;
    for (const auto& e : *events) {
      updates.clear();
      ++(engine::apply(copy, e, -1, config.features, updates) == engine::applied::yes ? applied
                                                                                      : duplicates);
    }
  }
  const auto time = std::max(now(), copy.last_active);
  const auto model = context->engine->model->get();
  const trigger_view view{*context->engine};
  auto draws = engine::random_source(stable_hash(copy.user_id, static_cast<std::uint64_t>(time)));
  choose_offer asked_of;
  asked_of.campaign = question.campaign;
  const auto offer = decide_offer(copy, asked_of, draws);
  engine::recommend_request ask;
  ask.limit = question.limit;
  const auto list = engine::recommend(copy, model->items, ask, config.ranking, time);
  auto armed = engine::armed_timers(copy, view.world);
  for (auto& a : engine::high_intent(copy, view.world, time)) armed.push_back(std::move(a));
  return {render_json([&](json_writer& w) {
    w.StartObject();
    json_member(w, "userId", copy.user_id);
    json_member(w, "applied", applied);
    json_member(w, "duplicates", duplicates);
    json_member(w, "engineTime", engine::rfc3339(time));
    json_key(w, "features");
    write_json(w, raw_json{engine::render_features(copy, time, config.features, false)});
    json_member(w, "recommendations", list);
    json_key(w, "offer");
    if (offer)
      write_json(w, raw_json{imagined(*offer)});
    else
      w.Null();
    if (!offer) json_member(w, "noOffer", offer.error().detail);
    json_key(w, "timers");
    write_json(w, raw_json{engine::render_armed(armed, time)});
    if (question.of.stale) json_member(w, "stale", true);
    w.EndObject();
  })};
}

} // namespace riq
