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

route campaign_route(method verb, std::string_view pattern, scope needs, std::string_view summary,
                     std::string_view response) {
  route r;
  r.verb = verb;
  r.pattern = pattern;
  r.needs = needs;
  r.tag = "offers";
  r.summary = summary;
  r.response_schema = response;
  return r;
}

constexpr std::string_view one = "/api/campaigns/{campaignId}";

} // namespace

void add_campaign_routes(std::vector<route>& to, backend& with) {
  auto put = campaign_route(method::put, one, scope::admin,
                            "Puts a campaign or replaces it; answers once it decides.", "Campaign");
  put.body = body_kind::json;
  put.request_schema = "Campaign";
  put.handle = [&with](request& r, responder to) {
    auto& id = r.path_parameters[0];
    if (!good_id(id, bounds::name_bytes))
      return to.fail({ec::invalid, "id",
                      "expected 1 to " + std::to_string(bounds::name_bytes) +
                        " bytes of UTF-8 without control characters"});
    ask(with, put_campaign{std::move(id), std::string{r.body}}, std::move(to));
  };
  to.push_back(std::move(put));

  auto get = campaign_route(method::get, one, scope::read,
                            "A campaign with what was learned of its arms.", "CampaignShown");
  get.handle = [&with](request& r, responder to) {
    ask(with, get_campaign{std::move(r.path_parameters[0])}, std::move(to));
  };
  to.push_back(std::move(get));

  auto remove = campaign_route(method::delete_, one, scope::admin,
                               "Ends a campaign: it decides nothing more.", "Anything");
  remove.handle = [&with](request& r, responder to) {
    ask(with, remove_campaign{std::move(r.path_parameters[0])}, std::move(to));
  };
  to.push_back(std::move(remove));

  auto list = campaign_route(method::get, "/api/campaigns", scope::read,
                             "All campaigns in force, by priority.", "Campaigns");
  list.handle = [&with](request&, responder to) { ask(with, list_campaigns{}, std::move(to)); };
  to.push_back(std::move(list));
}

} // namespace riq::gateway
