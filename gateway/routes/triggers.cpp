#include "gateway/routes/common.hpp"
#include "gateway/routes/routes.hpp"

namespace riq::gateway {
namespace {

constexpr integer_parameter newest{"limit", 100, 1, 1000, "How many at most, the newest first."};
constexpr text_parameter reached_user{"userId", 256, "Only triggers of this user."};
constexpr text_parameter rule{"rule", 64, "Only triggers of this rule."};
constexpr text_parameter id{"id", 64, "Only this trigger."};
constexpr integer_parameter in_minutes{
  "inMinutes", 0, 0, 60 * 24 * 366,
  "As if so many minutes had passed without an event of the user."};

route trigger_route(method verb, std::string_view pattern, scope needs, std::string_view summary,
                    std::string_view schema) {
  route r;
  r.verb = verb;
  r.pattern = pattern;
  r.needs = needs;
  r.tag = "triggers";
  r.summary = summary;
  r.response_schema = schema;
  r.problems = {late_answer};
  return r;
}

constexpr told_problem unknown_rule{404, "There is no such rule."};

template <class Handle, class Question>
void ask(backend& with, const Handle& whom, responder to, Question question) {
  if (!whom) return to.fail({ec::not_ready, "", "triggers are not running here yet"});
  with.here().ask<answer>(whom, with.deadline(), pass_on(std::move(to)), std::move(question));
}

void list(backend& with, request& r, responder to) {
  list_triggers q;
  RIQ_TAKE(most, newest.read(r), to);
  RIQ_TAKE(whose, reached_user.read(r), to);
  RIQ_TAKE(which, rule.read(r), to);
  RIQ_TAKE(one, id.read(r), to);
  q.limit = static_cast<std::uint32_t>(*most);
  q.user_id = std::move(*whose);
  q.rule = std::move(*which);
  q.id = std::move(*one);
  ask(with, with.with().trigger_log, std::move(to), std::move(q));
}

} // namespace

void add_trigger_routes(std::vector<route>& to, backend& with) {
  auto fired = trigger_route(
    method::get, "/api/triggers", scope::admin,
    "The triggers that fired: which rule, why, who was told, what came of it.", "Triggers");
  fired.parameters = {newest, reached_user, rule, id};
  fired.handle = [&with](request& r, responder t) { list(with, r, std::move(t)); };
  to.push_back(std::move(fired));

  auto dry = trigger_route(
    method::get, "/api/triggers/dry-run/{userId}", scope::read,
    "What would fire for the user now, what is armed, and what holds it back.", "DryRun");
  dry.parameters = {in_minutes, after_parameter};
  dry.handle = [&with](request& r, responder t) {
    dry_run q;
    RIQ_TAKE(of, read_asked(r), t);
    RIQ_TAKE(later, in_minutes.read(r), t);
    q.of = std::move(*of);
    q.in_minutes = static_cast<std::uint32_t>(*later);
    with.ask_user<answer>(std::move(q), pass_on(std::move(t)));
  };
  to.push_back(std::move(dry));

  auto all = trigger_route(method::get, "/api/triggers/rules", scope::read,
                           "The trigger rules in force.", "TriggerRules");
  all.handle = [&with](request&, responder t) {
    ask(with, with.with().trigger_rules, std::move(t), get_trigger_rules{});
  };
  to.push_back(std::move(all));

  auto get = trigger_route(method::get, "/api/triggers/rules/{id}", scope::read,
                           "One trigger rule as it is in force.", "TriggerRuleShown");
  get.problems.push_back(unknown_rule);
  get.handle = [&with](request& r, responder t) {
    ask(with, with.with().trigger_rules, std::move(t),
        get_trigger_rules{std::move(r.path_parameters[0])});
  };
  to.push_back(std::move(get));

  auto put =
    trigger_route(method::put, "/api/triggers/rules/{id}", scope::admin,
                  "Puts a trigger rule, or replaces it, on all nodes.", "TriggerRuleShown");
  put.problems.push_back({413, "There are as many rules as there may be."});
  put.body = body_kind::json;
  put.request_schema = "TriggerRule";
  put.handle = [&with](request& r, responder t) {
    ask(with, with.with().trigger_rules, std::move(t),
        put_trigger_rule{std::move(r.path_parameters[0]), std::string{r.body}});
  };
  to.push_back(std::move(put));

  auto remove =
    trigger_route(method::delete_, "/api/triggers/rules/{id}", scope::admin,
                  "Takes a trigger rule away, one of the configuration too.", "DeletedRule");
  remove.problems.push_back(unknown_rule);
  remove.handle = [&with](request& r, responder t) {
    ask(with, with.with().trigger_rules, std::move(t),
        delete_trigger_rule{std::move(r.path_parameters[0])});
  };
  to.push_back(std::move(remove));
}

} // namespace riq::gateway
