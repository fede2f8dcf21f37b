#include "gateway/routes/common.hpp"
#include "gateway/routes/routes.hpp"
#include "messages/erasure.hpp"

namespace riq::gateway {
namespace {

/// From here on nobody is told of the decisions about the user that the log still has.
storage::outgoing_record decisions_mark(const std::string& user, std::int64_t received) {
  storage::outgoing_record out;
  out.topic = topics::offer_decisions;
  out.key = user;
  out.timestamp = received;
  out.headers.push_back(erasure_header());
  return out;
}

void erase(backend& with, request& r, responder to) {
  event e;
  e.user_id = std::move(r.path_parameters[0]);
  e.id = with.next_event_id();
  auto record = raw_record(source::activity, e, {}, r);
  record.headers.push_back(erasure_header());
  record.headers.emplace_back(std::string{headers::time},
                              std::to_string(with.engine_time(r.received_ms)));
  std::vector<storage::outgoing_record> records;
  records.push_back(std::move(record));
  records.push_back(decisions_mark(e.user_id, r.received_ms));
  with.store(std::move(records), [&with, user = std::move(e.user_id),
                                  to = std::move(to)](auto offsets) mutable {
    if (!offsets) return to.fail(offsets.error());
    to.json(render_json([&](json_writer& w) {
      w.StartObject();
      json_member(w, "message", std::string_view{"Erased!"});
      json_member(w, "userId", std::string_view{user});
      json_member(
        w, "position",
        std::string_view{to_token({with.position_of(source::activity, user, offsets->front())})});
      w.EndObject();
    }));
  });
}

} // namespace

void add_user_routes(std::vector<route>& to, backend& with) {
  route remove;
  remove.verb = method::delete_;
  remove.pattern = "/api/users/{userId}";
  remove.needs = scope::admin;
  remove.tag = "users";
  remove.summary = "Forgets the user for good; a replay of the log does not bring the user back.";
  remove.response_schema = "Erased";
  remove.handle = [&with](request& r, responder to) { erase(with, r, std::move(to)); };
  to.push_back(std::move(remove));

  route get;
  get.verb = method::get;
  get.pattern = "/api/users/{userId}/export";
  get.needs = scope::admin;
  get.tag = "users";
  get.summary = "All that is held of the user.";
  get.parameters = {after_parameter};
  get.response_schema = "Anything";
  get.problems = {late_answer};
  get.handle = [&with](request& r, responder to) {
    RIQ_TAKE(of, read_asked(r), to);
    with.ask_user<answer>(export_user{std::move(*of)}, pass_on(std::move(to)));
  };
  to.push_back(std::move(get));
}

} // namespace riq::gateway
