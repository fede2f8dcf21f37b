#include "gateway/line_sink.hpp"
#include "gateway/routes/common.hpp"
#include "gateway/routes/recommendations.hpp"
#include "gateway/routes/routes.hpp"
#include "messages/parse_activity.hpp"

namespace riq::gateway {
namespace {

constexpr integer_parameter recommend_too{
  "recommend", 0, 0, 200,
  "Answers also with this many recommendations that follow from the event: tell and ask in one "
  "round trip."};

std::string tracked(const event& e, std::string_view position) {
  return render_json([&](json_writer& w) {
    w.StartObject();
    json_member(w, "message", std::string_view{"Tracked!"});
    json_member(w, "eventId", std::string_view{e.id});
    json_member(w, "position", position);
    w.EndObject();
  });
}

void post_activity(backend& with, request& r, responder to) {
  RIQ_TAKE(wanted, recommend_too.read(r), to);
  const auto id = with.next_event_id();
  RIQ_TAKE(e, parse_activity(r.body, {r.received_ms, id}), to);
  if (!to.claim_user(*r.places, e->user_id)) return;
  std::vector<storage::outgoing_record> records;
  records.push_back(raw_record(source::activity, *e, std::move(r.body), r));
  with.store(std::move(records), [&with, e = std::make_unique<event>(std::move(*e)),
                                  wanted = static_cast<std::uint32_t>(*wanted),
                                  to = std::move(to)](auto offsets) mutable {
    if (!offsets) return to.fail(offsets.error());
    with.recent.note(*e);
    const auto position =
      to_token({with.position_of(source::activity, e->user_id, offsets->front())});
    auto body = tracked(*e, position);
    if (wanted == 0) return to.json(std::move(body));
    recommend q;
    q.of.user_id = std::move(e->user_id);
    q.of.after = position;
    q.limit = wanted;
    ask_recommendations(with, std::move(q),
                        [body = std::move(body), to = std::move(to)](auto list) mutable {
                          // The event is stored whatever became of the question.
                          to.json(list ? joined_objects(std::move(body), *list) : std::move(body));
                        });
  });
}

std::shared_ptr<body_sink> open_activities(backend& with, request& r, responder to,
                                           std::weak_ptr<body_source> body) {
  request sender; // the lines come when the request object has another request
  sender.headers = r.headers;
  sender.client = r.client;
  sender.received_ms = r.received_ms;
  return std::make_shared<line_sink>(with, std::move(to), std::move(body), source::activity,
                                     [&with, sender = std::make_unique<request>(std::move(sender))](
                                       std::string_view line) -> result<storage::outgoing_record> {
                                       sender->received_ms = wall_ms();
                                       const auto id = with.next_event_id();
                                       auto e = parse_activity(line, {sender->received_ms, id});
                                       if (!e) return e.error();
                                       return raw_record(source::activity, *e, std::string{line},
                                                         *sender);
                                     });
}

} // namespace

void add_activity_routes(std::vector<route>& to, backend& with) {
  route one;
  one.verb = method::post;
  one.pattern = "/api/users/activity";
  one.needs = scope::write;
  one.body = body_kind::json;
  one.tag = "activity";
  one.summary = "Tells what a shopper did. Answers when the event is durable.";
  one.parameters = {recommend_too};
  one.request_schema = "Activity";
  one.response_schema = "Tracked";
  one.handle = [&with](request& r, responder to) { post_activity(with, r, std::move(to)); };
  to.push_back(std::move(one));

  route batch;
  batch.verb = method::post;
  batch.pattern = "/api/users/activity/batch";
  batch.needs = scope::write;
  batch.body = body_kind::stream;
  batch.tag = "activity";
  batch.summary = "Tells many events as NDJSON, one a line. The body is streamed and may be of any "
                  "length; the answer counts lines and tells the refused ones.";
  batch.request_schema = "Activity";
  batch.response_schema = "BatchOutcome";
  batch.open_stream = [&with](request& r, responder to, std::weak_ptr<body_source> body) {
    return open_activities(with, r, std::move(to), std::move(body));
  };
  to.push_back(std::move(batch));
}

} // namespace riq::gateway
