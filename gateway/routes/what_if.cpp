#include "gateway/routes/common.hpp"
#include "gateway/routes/routes.hpp"
#include "messages/msgpack.hpp"
#include "messages/parse_activity.hpp"
#include "messages/parse_json.hpp"
#include "messages/parse_order.hpp"

namespace riq::gateway {
namespace {

constexpr integer_parameter items_wanted{"limit", 20, 1, 200, "How many recommendations."};
constexpr text_parameter deciding_campaign{
  "campaign", 128, "Which campaign decides the offer; `default` when absent."};
constexpr std::size_t max_events = 100;

/// The texts of the events in `{"events":[…]}`; each is then read as the routes that take it do.
result<std::vector<std::string>> event_texts(std::string_view body) {
  const auto root = read_json(body);
  if (!root) return root.error();
  simdjson::dom::array list;
  if ((*root)["events"].get(list) != simdjson::SUCCESS)
    return error{ec::invalid, "events", "must be a list of activities and orders"};
  if (list.size() > max_events) return error{ec::invalid, "events", "has more than 100 entries"};
  std::vector<std::string> out;
  for (const auto element : list) {
    if (!element.is_object())
      return error{ec::invalid, "events[" + std::to_string(out.size()) + "]", "must be an object"};
    out.push_back(simdjson::to_string(element));
  }
  return out;
}

/// The event as the user's own: the path says whose it is.
std::string with_user(std::string text, const std::string& user) {
  const auto member = render_json([&](json_writer& w) {
    w.StartObject();
    json_member(w, "userId", user);
    w.EndObject();
  });
  return joined_objects(member, text);
}

result<std::vector<event>> read_events(std::string_view body, const std::string& user,
                                       std::int64_t now) {
  auto texts = event_texts(body);
  if (!texts) return texts.error();
  std::vector<event> out;
  for (auto& text : *texts) {
    const auto at = "events[" + std::to_string(out.size()) + "]";
    const auto root = read_json(text);
    if (!root) return root.error();
    std::string_view told;
    const bool named = (*root)["userId"].get(told) == simdjson::SUCCESS;
    if (named && told != user) return error{ec::invalid, at + ".userId", "differs from the path's"};
    simdjson::dom::element any;
    const bool is_order = (*root)["orderId"].get(any) == simdjson::SUCCESS;
    const auto whole = named ? text : with_user(text, user);
    // Later ones a moment later, so that they stand in the order given.
    const auto id = "what-if:" + std::to_string(out.size());
    const parse_context context{now + static_cast<std::int64_t>(out.size()), id};
    auto e = is_order ? parse_order(whole, context) : parse_activity(whole, context);
    if (!e) return error{e.error().code, at + "." + e.error().field, e.error().detail};
    if (e->id.empty()) e->id = id;
    out.push_back(std::move(*e));
  }
  return out;
}

} // namespace

void add_what_if_routes(std::vector<route>& to, backend& with) {
  route r;
  r.verb = method::post;
  r.pattern = "/api/what-if/{userId}";
  r.body = body_kind::json;
  r.tag = "triggers";
  r.summary = "What a copy of the user would get after these events; nothing of it stays.";
  r.parameters = {items_wanted, deciding_campaign, after_parameter};
  r.request_schema = "WhatIf";
  r.response_schema = "Imagined";
  r.problems = {late_answer};
  r.handle = [&with](request& r, responder t) {
    what_if q;
    RIQ_TAKE(of, read_asked(r), t);
    RIQ_TAKE(most, items_wanted.read(r), t);
    RIQ_TAKE(which, deciding_campaign.read(r), t);
    RIQ_TAKE(events, read_events(r.body, of->user_id, r.received_ms), t);
    q.of = std::move(*of);
    q.events = to_msgpack(*events);
    q.limit = static_cast<std::uint32_t>(*most);
    if (!which->empty()) q.campaign = std::move(*which);
    with.ask_user<answer>(std::move(q), pass_on(std::move(t)));
  };
  to.push_back(std::move(r));
}

} // namespace riq::gateway
