// A user's decisions about offers.

#include <algorithm>

#include "actors/user.hpp"
#include "engine/apply.hpp"
#include "engine/decision_token.hpp"
#include "engine/offer_code.hpp"
#include "messages/caf_error.hpp"
#include "messages/hash.hpp"
#include "messages/json.hpp"

namespace riq {
namespace {

/// A decision that did not come back for so long was not stored, and so not shown.
constexpr std::int64_t under_way_ms = 60'000;
constexpr std::size_t max_under_way = 256;

constexpr std::string_view usual_campaign = "default";

/// A lease takes a way through two logs; beyond this the shopper does not wait for it.
constexpr std::chrono::milliseconds lease_deadline{2'000};
/// Others may be quicker to spend what came.
constexpr int lease_attempts = 5;

constexpr std::int64_t hour_ms = 3'600'000;

std::string render_offer(const user_state& state, const offer_served& served,
                         const arm_settings* arm, bool stale) {
  return render_json([&](json_writer& w) {
    w.StartObject();
    json_member(w, "userId", state.user_id);
    json_member(w, "decisionId", served.decision_id);
    json_member(w, "campaign", served.campaign);
    json_member(w, "campaignVersion", served.campaign_version);
    if (arm != nullptr) {
      json_member(w, "offerId", arm->id);
      json_member(w, "type", arm->type);
      json_member(w, "code", served.code);
      if (served.code_expires != 0) json_member(w, "codeExpires", served.code_expires);
      json_member(w, "terms", arm->terms);
      json_member(w, "value", arm->value);
    }
    json_member(w, "propensity", served.propensity);
    json_member(w, "policy", served.policy);
    if (!served.group.empty()) json_member(w, "group", served.group);
    if (stale) json_member(w, "stale", true);
    w.EndObject();
  });
}

/// The code of this decision alone.
void make_code(offer_served& s, const arm_settings& arm, const user_state& of, std::int64_t time,
               std::string_view secret) {
  const auto hours = arm.code_hours != 0 ? arm.code_hours : s.window_hours;
  s.code_expires = time + std::int64_t{hours} * hour_ms;
  s.code = engine::sign_code(
    {of.user_id, s.campaign, s.arm, stable_hash(s.decision_id), s.code_expires}, secret);
}

} // namespace

void user_actor_state::arrived(const offer_served& served) {
  if (under_way.empty()) return;
  const auto key = stable_hash(served.decision_id);
  std::erase_if(under_way, [key](const auto& d) { return d.key == key; });
}

result<engine::offer_decision>
user_actor_state::decide(const user_state& of, const choose_offer& question, std::int64_t time,
                         engine::random_source& draws, std::string* short_of) const {
  const auto& config = *context->engine->config;
  const auto known = context->engine->model->get();
  const auto set = context->engine->campaigns->get();
  const auto budgets = context->budgets->get();
  const engine::offer_question q{of,   under_way,       question.context,
                                 time, config.features, budgets.get()};
  const auto ask = [&](const engine::campaign& c) {
    auto decided = engine::decide(c, q, known->offers, draws);
    if (!decided && decided.error().code == ec::not_ready && short_of != nullptr)
      *short_of = c.settings.id;
    return decided;
  };
  if (question.campaign.empty())
    for (const auto& c : set->by_priority) {
      if (c->settings.priority <= 0) break;
      auto decided = ask(*c);
      if (decided || decided.error().code != ec::not_found) return decided;
    }
  const auto id = question.campaign.empty() ? usual_campaign : std::string_view{question.campaign};
  if (const auto* c = set->find(id)) return ask(*c);
  return error{ec::not_found, "campaign", "there is no campaign `" + std::string{id} + "`"};
}

result<offer_choice> user_actor_state::decide_offer(const user_state& of,
                                                    const choose_offer& question,
                                                    engine::random_source& draws,
                                                    std::string* short_of) const {
  const auto time = std::max(now(), of.last_active);
  auto decided = decide(of, question, time, draws, short_of);
  if (!decided) return decided.error();
  auto& s = decided->served;
  s.decision_id = engine::sign({.user_id = of.user_id,
                                .campaign = s.campaign,
                                .campaign_version = s.campaign_version,
                                .arm = s.arm,
                                .propensity = s.propensity,
                                .time = time,
                                .nonce = draws.next(),
                                .window_hours = s.window_hours,
                                .reward = s.reward,
                                .cost = s.cost,
                                .margin_rate = s.margin_rate},
                               context->engine->token_secret);
  if (decided->arm != nullptr && decided->arm->unique_code)
    make_code(s, *decided->arm, of, time, context->engine->token_secret);
  offer_choice out;
  out.time = time;
  out.shown.body = render_offer(of, s, decided->arm, question.of.stale);
  out.served = std::move(s);
  return out;
}

void user_actor_state::remember(const offer_choice& choice) {
  const auto& s = choice.served;
  under_way.push_back({stable_hash(s.decision_id), s.campaign, s.arm, choice.time});
}

caf::result<offer_choice> user_actor_state::choose(const choose_offer& question) {
  const auto time = now();
  std::erase_if(under_way, [&](const auto& d) { return d.time + under_way_ms < time; });
  if (under_way.size() >= max_under_way)
    return to_caf({ec::queue_full, "userId", "too many decisions of this user are being stored"});
  std::string short_of;
  auto choice = decide_offer(data, question, random, &short_of);
  if (!short_of.empty()) {
    const auto asked = std::make_shared<waiting_choice>(
      waiting_choice{question, self->make_response_promise<offer_choice>(), lease_attempts});
    waiting_choices.own().push_back(asked);
    choose_with_lease(asked, short_of);
    return asked->promise;
  }
  if (!choice) return to_caf(choice.error());
  remember(*choice);
  return std::move(*choice);
}

/// Decides again when the shard has more of the campaign's budget, or knows that there is none.
void user_actor_state::choose_with_lease(const std::shared_ptr<waiting_choice>& asked,
                                         const std::string& campaign) {
  const auto answered = [this, asked] {
    std::erase(waiting_choices.own(), asked);
    waiting_choices.settle();
  };
  self->request(context->shard, lease_deadline, want_lease{campaign})
    .then(
      [this, asked, answered](bool) {
        std::string short_of;
        auto choice = decide_offer(data, asked->question, random, &short_of);
        if (!short_of.empty() && --asked->attempts > 0) return choose_with_lease(asked, short_of);
        answered();
        if (!choice) {
          asked->promise.deliver(to_caf(choice.error()));
          return;
        }
        remember(*choice);
        asked->promise.deliver(std::move(*choice));
      },
      [asked, answered](const caf::error&) {
        answered();
        asked->promise.deliver(to_caf(
          {ec::not_ready, "budget", "the shard that keeps the campaign's budget does not answer"}));
      });
}

/// This actor ends with what it waits for; the shard asks the next one when the state is there.
void user_actor_state::give_back_choices() {
  for (const auto& asked : *waiting_choices)
    asked->promise.delegate(context->shard, asked->question);
  waiting_choices = {};
}

decision_standing user_actor_state::standing(const look_up_decision& question) const {
  decision_standing out;
  out.stale = question.of.stale;
  out.now = now();
  out.is_void =
    std::ranges::find(data.bandit.voided, question.decision) != data.bandit.voided.end();
  if (const auto* r = engine::find_redeemed(data, question.decision)) {
    out.redeemed = true;
    out.redeemed_at = r->time;
    out.claim = r->claim;
  }
  out.full = !engine::may_redeem(data, out.now);
  const auto& pending = data.bandit.pending;
  const auto p = std::ranges::find(pending, question.decision, &pending_decision::key);
  if (p != pending.end()) {
    out.rewarded = p->rewarded;
    out.reward = p->reward;
  }
  out.known = data.total.events > 0;
  return out;
}

} // namespace riq
