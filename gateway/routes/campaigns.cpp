#include "gateway/budgets.hpp"
#include "gateway/json_line.hpp"
#include "gateway/routes/common.hpp"
#include "gateway/routes/routes.hpp"
#include "messages/parse_json.hpp"

namespace riq::gateway {
namespace {

/// Storing an edition takes an fsync and its way back through the log; the deadline of reads is
/// long enough for it.
template <class Question>
void ask(backend& with, Question question, responder to) {
  with.here().ask<answer>(with.with().campaigns, with.deadline(), pass_on(std::move(to)),
                          std::move(question));
}

/// Puts a campaign, and says in which line of the body something is wrong.
void put_from_body(backend& with, std::string id, request& r, responder to) {
  auto body = std::make_shared<const std::string>(std::move(r.body));
  put_campaign command{std::move(id), *body};
  with.here().ask<answer>(
    with.with().campaigns, with.deadline(),
    [body, to = std::move(to)](result<answer> a) mutable {
      if (a) return to.json(std::move(a->body));
      const auto& wrong = a.error();
      if (wrong.code != ec::invalid) return to.fail(wrong);
      to.send(problem(status_of(wrong.code), wrong,
                      "{\"line\":" + std::to_string(line_of(*body, wrong.field)) + "}"));
    },
    std::move(command));
}

/// An answer about campaigns with what was spent of their budgets: of `only`, or of all.
void show_with_spending(backend& with, answer shown, std::string only, responder to) {
  sum_budgets(with, [shown = std::move(shown), only = std::move(only),
                     to = std::move(to)](budget_sums sums) mutable {
    if (!only.empty()) std::erase_if(sums.lines, [&](const auto& l) { return l.campaign != only; });
    to.json(joined_objects(std::move(shown.body), render_json([&](json_writer& w) {
                             w.StartObject();
                             json_key(w, "spending");
                             w.StartArray();
                             for (const auto& l : sums.lines) {
                               w.StartObject();
                               json_member(w, "campaign", l.campaign);
                               json_member(w, "leased", in_units(l.leased));
                               json_member(w, "spent", in_units(l.spent));
                               w.EndObject();
                             }
                             w.EndArray();
                             json_member(w, "shards", sums.shards);
                             json_member(w, "shardsAnswered", sums.answered);
                             w.EndObject();
                           })));
  });
}

template <class Question>
void ask_with_spending(backend& with, Question question, std::string only, responder to) {
  with.here().ask<answer>(
    with.with().campaigns, with.deadline(),
    [&with, only = std::move(only), to = std::move(to)](result<answer> a) mutable {
      if (!a) return to.fail(a.error());
      show_with_spending(with, std::move(*a), std::move(only), std::move(to));
    },
    std::move(question));
}

route campaign_route(method verb, std::string_view pattern, scope needs, std::string_view summary,
                     std::string_view response) {
  route r;
  r.verb = verb;
  r.pattern = pattern;
  r.needs = needs;
  r.tag = "offers";
  r.summary = summary;
  r.response_schema = response;
  r.problems = {late_answer};
  return r;
}

constexpr told_problem unknown_campaign{404, "There is no such campaign."};

constexpr std::string_view one = "/api/campaigns/{campaignId}";

} // namespace

void add_campaign_routes(std::vector<route>& to, backend& with) {
  auto put =
    campaign_route(method::put, one, scope::admin,
                   "Puts a campaign or replaces it; answers once it decides.", "CampaignStored");
  put.body = body_kind::json;
  put.request_schema = "Campaign";
  put.handle = [&with](request& r, responder to) {
    auto& id = r.path_parameters[0];
    if (!good_id(id, bounds::name_bytes))
      return to.fail({ec::invalid, "id",
                      "expected 1 to " + std::to_string(bounds::name_bytes) +
                        " bytes of UTF-8 without control characters"});
    put_from_body(with, std::move(id), r, std::move(to));
  };
  to.push_back(std::move(put));

  auto get = campaign_route(method::get, one, scope::read,
                            "A campaign with what was learned of its arms and spent of its budget.",
                            "CampaignShown");
  get.problems.push_back(unknown_campaign);
  get.handle = [&with](request& r, responder to) {
    auto id = std::move(r.path_parameters[0]);
    ask_with_spending(with, get_campaign{id}, id, std::move(to));
  };
  to.push_back(std::move(get));

  auto remove = campaign_route(method::delete_, one, scope::admin,
                               "Ends a campaign: it decides nothing more.", "CampaignDeleted");
  remove.problems.push_back(unknown_campaign);
  remove.handle = [&with](request& r, responder to) {
    ask(with, remove_campaign{std::move(r.path_parameters[0])}, std::move(to));
  };
  to.push_back(std::move(remove));

  auto list =
    campaign_route(method::get, "/api/campaigns", scope::read,
                   "All campaigns in force, by priority, with what they spent.", "Campaigns");
  list.handle = [&with](request&, responder to) {
    ask_with_spending(with, list_campaigns{}, {}, std::move(to));
  };
  to.push_back(std::move(list));
}

} // namespace riq::gateway
