// Redeeming a unique code. What counts is the order of the log: the record of a redemption is
// stored first, and the user's state then says whether it was the first of that code. So two nodes
// that are asked at once append two records, and one of them is told that it came too late.

#include "gateway/decision_lookup.hpp"
#include "gateway/routes/common.hpp"
#include "gateway/routes/routes.hpp"
#include "messages/hash.hpp"
#include "messages/parse_json.hpp"

namespace riq::gateway {
namespace {

/// One attempt to redeem, as it goes through its steps.
struct redemption {
  read_code code;
  std::string order_id;
  std::string event_id;
  std::uint64_t claim = 0; ///< equal for a retry that names the same order
  std::int64_t received = 0;
};

struct redeem_body {
  std::string code;
  std::string order_id;
};

result<redeem_body> read_redeem(std::string_view body) {
  enum : std::size_t { code, order_id };
  static constexpr std::string_view names[] = {"code", "orderId"};
  const auto root = read_json(body);
  if (!root) return root.error();
  json_object o{*root, names};
  redeem_body out;
  o.text(code, out.code, riq::limits::decision_id, presence::required);
  o.id(order_id, out.order_id, riq::limits::order_id);
  if (o.failed()) return o.failure();
  return out;
}

event redeemed_event(const redemption& r, std::int64_t time) {
  event e;
  e.user_id = r.code.user_id;
  e.id = r.event_id;
  e.time = time;
  e.received = r.received;
  e.origin.from = source::offer;
  e.what = offer_redeemed{r.code.decision, r.code.campaign, r.code.arm,
                          r.order_id,      r.code.expires,  r.claim};
  return e;
}

void answer_expired(responder to) {
  to.fail({ec::expired, "code", "the code's time is over"});
}

/// The code is redeemed: by this caller, also when they ask again, or by another.
void answer_redeemed(const redemption& r, const decision_standing& s, responder to) {
  if (s.claim != r.claim)
    return to.send(problem(409, {ec::conflict, "code", "the code has been redeemed"},
                           R"({"redeemedAt":)" + std::to_string(s.redeemed_at) + "}"));
  to.json(render_json([&](json_writer& w) {
    w.StartObject();
    json_member(w, "message", std::string_view{"Redeemed!"});
    json_member(w, "redeemedAt", s.redeemed_at);
    json_member(w, "userId", r.code.user_id);
    json_member(w, "campaign", r.code.campaign);
    json_member(w, "offerId", r.code.arm);
    if (!r.order_id.empty()) json_member(w, "orderId", r.order_id);
    w.EndObject();
  }));
}

void answer_outcome(const redemption& r, const result<decision_standing>& s, responder to) {
  // It is stored, but whether it was the first is not known yet.
  if (!s || (s->stale && !s->redeemed))
    return to.fail({ec::not_ready, "",
                    "the redemption is stored, its outcome is not known yet: ask again with the "
                    "same orderId"});
  if (s->redeemed) return answer_redeemed(r, *s, std::move(to));
  if (!s->known)
    return to.fail({ec::not_found, "code", "the user to whom this code was offered was erased"});
  if (s->now > r.code.expires) return answer_expired(std::move(to));
  to.fail({ec::queue_full, "code", "the user redeemed too many codes that are still valid"});
}

void store(backend& with, std::unique_ptr<redemption> r, std::int64_t time, responder to) {
  std::vector<storage::outgoing_record> records;
  records.push_back(offer_record(redeemed_event(*r, time)));
  with.store(
    std::move(records), [&with, r = std::move(r), to = std::move(to)](auto offsets) mutable {
      if (!offsets) return to.fail(offsets.error());
      const auto& code = r->code;
      auto position = to_token({with.position_of(source::offer, code.user_id, offsets->front())});
      look_up(with, code.user_id, code.decision, std::move(position),
              [r = std::move(r), to = std::move(to)](auto s) mutable {
                answer_outcome(*r, s, std::move(to));
              });
    });
}

void redeem(backend& with, request& r, responder to) {
  RIQ_TAKE(told, read_redeem(r.body), to);
  RIQ_TAKE(code, with.with().code(told->code), to);
  if (!to.claim_user(*r.places, code->user_id)) return;
  auto attempt = std::make_unique<redemption>();
  attempt->code = std::move(*code);
  attempt->order_id = std::move(told->order_id);
  attempt->received = r.received_ms;
  // Without an order nothing tells a retry from another's attempt.
  const auto caller =
    attempt->order_id.empty() ? "request:" + with.next_event_id() : "order:" + attempt->order_id;
  attempt->claim = stable_hash(caller, attempt->code.decision);
  attempt->event_id =
    "redeem:" + std::to_string(attempt->code.decision) + ":" + std::to_string(attempt->claim);
  auto user = attempt->code.user_id;
  const auto decision = attempt->code.decision;
  // What is known already needs no record.
  look_up(with, std::move(user), decision, {},
          [&with, attempt = std::move(attempt), to = std::move(to)](auto s) mutable {
            if (!s) return to.fail(s.error());
            if (s->redeemed) return answer_redeemed(*attempt, *s, std::move(to));
            if (s->now > attempt->code.expires) return answer_expired(std::move(to));
            if (s->full)
              return to.fail(
                {ec::queue_full, "code", "the user redeemed too many codes that are still valid"});
            store(with, std::move(attempt), s->now, std::move(to));
          });
}

} // namespace

void add_redeem_routes(std::vector<route>& to, backend& with) {
  route post;
  post.verb = method::post;
  post.pattern = "/api/offers/redeem";
  post.needs = scope::write;
  post.body = body_kind::json;
  post.tag = "offers";
  post.summary = "Redeems a unique code, once. 404: none of ours; 409: redeemed before, with "
                 "`redeemedAt`; 410: expired. A retry with the same orderId is answered alike.";
  post.request_schema = "Redemption";
  post.response_schema = "Redeemed";
  post.problems = {{404, "No offer of ours has this code, or its user was erased."},
                   {409, "It was redeemed before, `redeemedAt`."},
                   {410, "Its time is over."},
                   late_answer};
  post.handle = [&with](request& r, responder to) { redeem(with, r, std::move(to)); };
  to.push_back(std::move(post));
}

} // namespace riq::gateway
