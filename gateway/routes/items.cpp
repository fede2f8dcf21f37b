#include "gateway/line_sink.hpp"
#include "gateway/routes/common.hpp"
#include "gateway/routes/routes.hpp"
#include "messages/parse_item.hpp"

namespace riq::gateway {
namespace {

constexpr integer_parameter after{
  "after", -1, -1, std::numeric_limits<std::int64_t>::max(),
  "The `position` that a PUT or DELETE of this item returned: the answer waits for it."};

storage::outgoing_record item_record(std::string product_id, std::string value,
                                     std::int64_t received) {
  storage::outgoing_record out;
  out.topic = topics::item_updates;
  out.key = std::move(product_id);
  out.value = std::move(value);
  out.timestamp = received;
  return out;
}

void store_item(backend& with, storage::outgoing_record record, std::string_view message,
                responder to) {
  auto id = record.key;
  std::vector<storage::outgoing_record> records;
  records.push_back(std::move(record));
  with.store(std::move(records),
             [message, id = std::move(id), to = std::move(to)](auto offsets) mutable {
               if (!offsets) return to.fail(offsets.error());
               to.json(render_json([&](json_writer& w) {
                 w.StartObject();
                 json_member(w, "message", message);
                 json_member(w, "productId", std::string_view{id});
                 json_member(w, "position", offsets->front());
                 w.EndObject();
               }));
             });
}

route item_route(method verb, std::string_view summary, std::string_view response) {
  route r;
  r.verb = verb;
  r.pattern = "/api/items/{productId}";
  r.needs = scope::admin;
  r.tag = "items";
  r.summary = summary;
  r.response_schema = response;
  return r;
}

} // namespace

void add_item_routes(std::vector<route>& to, backend& with) {
  auto put = item_route(
    method::put,
    "Puts an item into the catalogue, in place of what it said of it before. Category, brand and "
    "price that are left out are as events tell them.",
    "Stored");
  put.body = body_kind::json;
  put.request_schema = "Item";
  put.handle = [&with](request& r, responder to) {
    RIQ_TAKE(x, parse_item(r.path_parameters[0], r.body), to);
    store_item(with, item_record(x->product_id, to_json(*x), r.received_ms), "Stored!",
               std::move(to));
  };
  to.push_back(std::move(put));

  auto get = item_route(method::get, "The item, with what was counted of it.", "ItemShown");
  get.needs = scope::read;
  get.parameters = {after};
  get.problems = {{404, "The item is not known."}, late_answer};
  get.handle = [&with](request& r, responder to) {
    RIQ_TAKE(wait, after.read(r), to);
    with.here().ask<answer>(with.with().model, with.deadline(), pass_on(std::move(to)),
                            get_item{std::move(r.path_parameters[0]), *wait});
  };
  to.push_back(std::move(get));

  auto remove = item_route(method::delete_, "Takes an item out of the catalogue.", "Stored");
  remove.handle = [&with](request& r, responder to) {
    auto record = item_record(std::move(r.path_parameters[0]), {}, r.received_ms);
    record.tombstone = true;
    record.headers.emplace_back(std::string{headers::time},
                                std::to_string(with.engine_time(r.received_ms)));
    store_item(with, std::move(record), "Deleted!", std::move(to));
  };
  to.push_back(std::move(remove));

  route batch;
  batch.verb = method::post;
  batch.pattern = "/api/items/batch";
  batch.needs = scope::admin;
  batch.body = body_kind::stream;
  batch.tag = "items";
  batch.summary = "Puts many items as NDJSON, one a line with its productId, of any length.";
  batch.request_schema = "Item";
  batch.response_schema = "BatchOutcome";
  batch.open_stream = [&with](request&, responder to, std::weak_ptr<body_source> body) {
    return std::make_shared<line_sink>(
      with, std::move(to), std::move(body), source::internal,
      [](std::string_view line) -> result<storage::outgoing_record> {
        auto x = parse_item({}, line);
        if (!x) return x.error();
        auto value = to_json(*x);
        return item_record(std::move(x->product_id), std::move(value), wall_ms());
      });
  };
  to.push_back(std::move(batch));
}

} // namespace riq::gateway
