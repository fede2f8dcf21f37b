#include "gateway/decision_lookup.hpp"
#include "gateway/routes/common.hpp"
#include "gateway/routes/routes.hpp"
#include "messages/hash.hpp"
#include "messages/msgpack.hpp"
#include "messages/parse_json.hpp"
#include "messages/parse_offer_question.hpp"

#include <algorithm>

namespace riq::gateway {
namespace {

constexpr text_parameter campaign{
  "campaign", 128,
  "Which campaign decides. When absent: those with a priority above 0, the "
  "highest first, then `default`."};
constexpr double largest_reward = 1e9;

/// A decision with a limit is shown when the user's state, in the log's order, finds it within:
/// what was decided elsewhere at the same time may have come first.
void show_limited(backend& with, std::string user, std::uint64_t decision, std::string position,
                  std::string body, responder to) {
  auto after = position;
  look_up(with, std::move(user), decision, std::move(after),
          [position = std::move(position), body = std::move(body),
           to = std::move(to)](result<decision_standing> s) mutable {
            if (!s) return to.fail(s.error());
            if (s->stale)
              return to.fail(
                {ec::not_ready, "",
                 "whether the offer is within its limits is not known yet; try again"});
            if (s->is_void)
              return to.fail(
                {ec::not_found, "", "the offer's limit was reached by another decision meanwhile"});
            to.json(joined_objects(std::move(body), "{\"position\":\"" + position + "\"}"));
          });
}

/// Decides, puts the decision into the log, then shows it: what was shown is never forgotten.
void choose(backend& with, choose_offer q, std::int64_t received, responder to) {
  auto user = std::make_unique<std::string>(q.of.user_id);
  with.ask_user<offer_choice>(std::move(q), [&with, user = std::move(user), received,
                                             to = std::move(to)](result<offer_choice> c) mutable {
    if (!c) return to.fail(c.error());
    event e;
    e.user_id = *user;
    e.id = "offer:" + std::to_string(stable_hash(c->served.decision_id));
    e.time = c->time;
    e.received = received;
    e.origin.from = source::offer;
    const auto decision = stable_hash(c->served.decision_id);
    const bool limited = c->served.limited() && !c->served.arm.empty();
    e.what = std::move(c->served);
    std::vector<storage::outgoing_record> records;
    records.push_back(offer_record(e));
    with.store(std::move(records), [&with, user = std::move(user), decision, limited,
                                    body = std::move(c->shown.body),
                                    to = std::move(to)](auto offsets) mutable {
      if (!offsets) return to.fail(offsets.error());
      auto position = to_token({with.position_of(source::offer, *user, offsets->front())});
      if (limited)
        return show_limited(with, std::move(*user), decision, std::move(position), std::move(body),
                            std::move(to));
      to.json(joined_objects(std::move(body), "{\"position\":\"" + position + "\"}"));
    });
  });
}

void choose_for_path(backend& with, request& r, responder to) {
  choose_offer q;
  RIQ_TAKE(of, read_asked(r), to);
  RIQ_TAKE(which, campaign.read(r), to);
  q.of = std::move(*of);
  q.campaign = std::move(*which);
  choose(with, std::move(q), r.received_ms, std::move(to));
}

void choose_for_body(backend& with, request& r, responder to) {
  RIQ_TAKE(q, parse_offer_question(r.body), to);
  if (!to.claim_user(*r.places, q->of.user_id)) return;
  choose(with, std::move(*q), r.received_ms, std::move(to));
}

struct outcome_body {
  double reward = 0;
  std::string outcome;
  std::string event_id;
  std::int64_t time = 0;
};

result<outcome_body> read_outcome(std::string_view body, std::int64_t now) {
  enum : std::size_t { reward, outcome, event_id, timestamp };
  static constexpr std::string_view names[] = {"reward", "outcome", "eventId", "timestamp"};
  const auto root = read_json(body);
  if (!root) return root.error();
  json_object o{*root, names};
  outcome_body out;
  out.time = now;
  o.text(outcome, out.outcome, 64);
  o.number(reward, out.reward, -largest_reward, largest_reward,
           out.outcome.empty() ? presence::required : presence::optional);
  o.text(event_id, out.event_id, riq::limits::event_id);
  o.time(timestamp, out.time);
  if (o.failed()) return o.failure();
  // Who only names what happened means a success, unless the name says that nothing did.
  if (!o.has(reward) && out.outcome != "dismissed" && out.outcome != "ignored") out.reward = 1;
  return out;
}

/// The outcome is stored; whoever tells another one from now on is told of it.
void answer_noted(const event& e, const std::string& position, const result<decision_standing>& s,
                  responder to) {
  if (s && !s->stale && !s->known)
    return to.fail({ec::not_found, "decisionId", "the user for whom this was decided was erased"});
  to.json(render_json([&](json_writer& w) {
    w.StartObject();
    json_member(w, "message", std::string_view{"Noted!"});
    json_member(w, "eventId", std::string_view{e.id});
    json_member(w, "position", std::string_view{position});
    w.EndObject();
  }));
}

void answer_duplicate(const event& e, double kept, responder to) {
  to.json(render_json([&](json_writer& w) {
    w.StartObject();
    json_member(w, "message", std::string_view{"Noted!"});
    json_member(w, "eventId", std::string_view{e.id});
    json_member(w, "duplicate", true);
    json_member(w, "reward", kept);
    w.EndObject();
  }));
}

void store_outcome(backend& with, std::unique_ptr<event> e, std::uint64_t decision, responder to) {
  std::vector<storage::outgoing_record> records;
  records.push_back(offer_record(*e));
  with.store(std::move(records), [&with, e = std::move(e), decision,
                                  to = std::move(to)](auto offsets) mutable {
    if (!offsets) return to.fail(offsets.error());
    auto position = to_token({with.position_of(source::offer, e->user_id, offsets->front())});
    look_up_decision question{{e->user_id, position, false}, decision};
    with.ask_user<decision_standing>(std::move(question),
                                     [e = std::move(e), position = std::move(position),
                                      to = std::move(to)](result<decision_standing> s) mutable {
                                       answer_noted(*e, position, s, std::move(to));
                                     });
  });
}

void reward(backend& with, request& r, responder to) {
  const auto token = std::move(r.path_parameters[0]);
  RIQ_TAKE(decided, with.with().decision(token), to);
  // It cannot have come before its decision, which may know a later time than the model.
  const auto now = std::max(with.engine_time(r.received_ms), decided->time);
  RIQ_TAKE(told, read_outcome(r.body, now), to);
  if (!to.claim_user(*r.places, decided->user_id)) return;
  auto stored = std::make_unique<event>();
  auto& e = *stored;
  e.user_id = std::move(decided->user_id);
  // A retry of the same outcome has the same id and so counts once.
  e.id = told->event_id.empty()
           ? "outcome:" + std::to_string(stable_hash(token)) + ":" + told->outcome
           : std::move(told->event_id);
  e.time = told->time;
  e.received = r.received_ms;
  e.origin.from = source::offer;
  offer_rewarded what;
  what.decision_id = token;
  what.campaign = std::move(decided->campaign);
  what.arm = std::move(decided->arm);
  what.reward = told->reward;
  what.outcome = std::move(told->outcome);
  what.decided_at = decided->time;
  what.window_hours = decided->window_hours;
  what.kind = decided->reward;
  what.cost = decided->cost;
  what.margin_rate = decided->margin_rate;
  e.what = std::move(what);
  // What is known already needs no record. Where nobody can tell, it is stored all the same.
  const auto decision = stable_hash(token);
  with.ask_user<decision_standing>(look_up_decision{{e.user_id, {}, false}, decision},
                                   [&with, stored = std::move(stored), decision,
                                    to = std::move(to)](result<decision_standing> s) mutable {
                                     if (s && s->rewarded)
                                       return answer_duplicate(*stored, s->reward, std::move(to));
                                     store_outcome(with, std::move(stored), decision,
                                                   std::move(to));
                                   });
}

constexpr text_parameter evaluated_campaign{"campaign", 128,
                                            "The campaign; `default` when absent."};
constexpr text_parameter evaluated_policy{
  "policy", 2'000,
  "A policy's kind, such as `thompson`, or a policy as JSON; `uniform` when absent."};

/// A scan of the log may take longer than a shopper would wait.
constexpr std::chrono::seconds scan_deadline{30};

void evaluate(backend& with, request& r, responder to) {
  RIQ_TAKE(which, evaluated_campaign.read(r), to);
  RIQ_TAKE(policy, evaluated_policy.read(r), to);
  with.here().ask<answer>(with.with().offer_log, scan_deadline, pass_on(std::move(to)),
                          evaluate_policy{which->empty() ? "default" : std::move(*which),
                                          policy->empty() ? "uniform" : std::move(*policy)});
}

void explain(backend& with, request& r, responder to) {
  auto token = std::move(r.path_parameters[0]);
  RIQ_TAKE(decided, with.with().decision(token), to);
  with.here().ask<answer>(with.with().offer_log, scan_deadline, pass_on(std::move(to)),
                          explain_decision{std::move(decided->user_id), std::move(token)});
}

std::vector<told_problem> problems_of_a_decision() {
  return {{404, "There is no such campaign, or nothing of it is open to this user."},
          late_answer,
          {507, "The disk is full: nothing was decided."}};
}

} // namespace

void add_offer_routes(std::vector<route>& to, backend& with) {
  route get;
  get.verb = method::get;
  get.pattern = "/api/offers/{userId}";
  get.tag = "offers";
  get.summary = "Decides one offer for this user and logs it with its propensity.";
  get.parameters = {campaign, after_parameter};
  get.response_schema = "Offer";
  get.problems = problems_of_a_decision();
  get.handle = [&with](request& r, responder to) { choose_for_path(with, r, std::move(to)); };
  to.push_back(std::move(get));

  route decide;
  decide.verb = method::post;
  decide.pattern = "/api/offers/decide";
  decide.needs = scope::read;
  decide.body = body_kind::json;
  decide.tag = "offers";
  decide.summary = "Decides one offer with the caller's context and logs it with its propensity.";
  decide.request_schema = "OfferQuestion";
  decide.response_schema = "Offer";
  decide.problems = problems_of_a_decision();
  decide.handle = [&with](request& r, responder to) { choose_for_body(with, r, std::move(to)); };
  to.push_back(std::move(decide));

  route value;
  value.verb = method::get;
  value.pattern = "/api/offers/evaluate";
  value.tag = "offers";
  value.summary = "What another policy would have brought, estimated from the log of decisions.";
  value.parameters = {evaluated_campaign, evaluated_policy};
  value.response_schema = "Evaluation";
  value.problems = {{404, "There is no such campaign."}, late_answer};
  value.handle = [&with](request& r, responder to) { evaluate(with, r, std::move(to)); };
  to.push_back(std::move(value));

  route why;
  why.verb = method::get;
  why.pattern = "/api/explain/{decisionId}";
  why.tag = "offers";
  why.summary =
    "Why a decision came out as it did: what was known, weighed, drawn, and its outcome.";
  why.response_schema = "Explanation";
  why.problems = {{404, "The log does not keep this decision any more, or its user was erased."},
                  late_answer};
  why.handle = [&with](request& r, responder to) { explain(with, r, std::move(to)); };
  to.push_back(std::move(why));

  route post;
  post.verb = method::post;
  post.pattern = "/api/offers/{decisionId}/outcome";
  post.needs = scope::write;
  post.body = body_kind::json;
  post.tag = "offers";
  post.summary = "Tells what an offer brought; the policy learns from it.";
  post.request_schema = "Outcome";
  post.response_schema = "Noted";
  post.problems = {{404, "The user for whom this was decided was erased."}};
  post.handle = [&with](request& r, responder to) { reward(with, r, std::move(to)); };
  to.push_back(std::move(post));
}

} // namespace riq::gateway
