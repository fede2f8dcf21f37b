#include "gateway/line_sink.hpp"
#include "gateway/routes/common.hpp"
#include "gateway/routes/routes.hpp"
#include "messages/parse_order.hpp"

namespace riq::gateway {
namespace {

void store_order(backend& with, const request& r, event e, std::string record, responder to) {
  if (!to.claim_user(*r.places, e.user_id)) return;
  std::vector<storage::outgoing_record> records;
  records.push_back(raw_record(source::order, e, std::move(record), r));
  with.store(std::move(records), [&with, e = std::make_unique<event>(std::move(e)),
                                  to = std::move(to)](auto offsets) mutable {
    if (!offsets) return to.fail(offsets.error());
    with.recent.note(*e);
    const auto& o = std::get<order>(e->what);
    to.json(render_json([&](json_writer& w) {
      w.StartObject();
      json_member(w, "message", std::string_view{"Ordered!"});
      json_member(w, "orderId", std::string_view{o.order_id});
      json_member(w, "status", o.status);
      json_member(w, "eventId", std::string_view{e->id});
      json_member(w, "position",
                  std::string_view{
                    to_token({with.position_of(source::order, e->user_id, offsets->front())})});
      w.EndObject();
    }));
  });
}

std::shared_ptr<body_sink> open_orders(backend& with, request& r, responder to,
                                       std::weak_ptr<body_source> body) {
  request sender;
  sender.headers = r.headers;
  sender.client = r.client;
  return std::make_shared<line_sink>(with, std::move(to), std::move(body), source::order,
                                     [sender = std::make_unique<request>(std::move(sender))](
                                       std::string_view line) -> result<storage::outgoing_record> {
                                       sender->received_ms = wall_ms();
                                       auto e = parse_order(line, {sender->received_ms, {}});
                                       if (!e) return e.error();
                                       return raw_record(source::order, *e, std::string{line},
                                                         *sender);
                                     });
}

route order_route(std::string_view pattern, body_kind body, std::string_view summary,
                  std::string_view request_schema, std::string_view response_schema) {
  route r;
  r.verb = method::post;
  r.pattern = pattern;
  r.needs = scope::write;
  r.body = body;
  r.tag = "orders";
  r.summary = summary;
  r.request_schema = request_schema;
  r.response_schema = response_schema;
  return r;
}

} // namespace

void add_order_routes(std::vector<route>& to, backend& with) {
  auto place = order_route("/api/orders/place", body_kind::json,
                           "Tells of an order: checkout, completion or cancellation. A total that "
                           "does not fit its items is refused.",
                           "Order", "Ordered");
  place.handle = [&with](request& r, responder to) {
    RIQ_TAKE(e, parse_order(r.body, {r.received_ms, {}}), to);
    store_order(with, r, std::move(*e), std::move(r.body), std::move(to));
  };
  to.push_back(std::move(place));

  auto cancel = order_route("/api/orders/{orderId}/cancel", body_kind::json,
                            "Cancels an order of a user.", "Cancel", "Ordered");
  cancel.handle = [&with](request& r, responder to) {
    RIQ_TAKE(e, parse_cancel(r.path_parameters[0], r.body, {with.engine_time(r.received_ms), {}}),
             to);
    e->received = r.received_ms;
    auto record = cancel_record(*e);
    store_order(with, r, std::move(*e), std::move(record), std::move(to));
  };
  to.push_back(std::move(cancel));

  auto batch =
    order_route("/api/orders/batch", body_kind::stream,
                "Tells many orders as NDJSON, one a line, of any length.", "Order", "BatchOutcome");
  batch.open_stream = [&with](request& r, responder to, std::weak_ptr<body_source> body) {
    return open_orders(with, r, std::move(to), std::move(body));
  };
  to.push_back(std::move(batch));
}

} // namespace riq::gateway
