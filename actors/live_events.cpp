#include "actors/live_events.hpp"

#include <algorithm>

#include "messages/json.hpp"

namespace riq {
namespace {

constexpr std::size_t items_shown = 5;

void write_head(json_writer& w, const event& e, event_kind kind, std::int32_t partition,
                std::int64_t offset) {
  json_member(w, "userId", e.user_id);
  json_member(w, "type", kind);
  json_member(w, "time", e.time);
  json_member(w, "eventId", e.id);
  json_member(w, "partition", partition);
  json_member(w, "offset", offset);
}

void write_activity(json_writer& w, const activity& a) {
  json_member(w, "productId", a.product_id);
  json_member(w, "category", a.category);
  json_member(w, "brand", a.brand);
  json_member(w, "price", a.price);
  json_member(w, "quantity", a.quantity);
  json_member(w, "query", a.query);
  json_member(w, "country", a.country);
  json_member(w, "sessionId", a.session_id);
}

void write_order(json_writer& w, const order& o) {
  json_member(w, "orderId", o.order_id);
  json_member(w, "totalAmount", o.total);
  json_member(w, "currency", o.currency);
  json_member(w, "items", o.items);
  json_member(w, "country", o.country);
  json_member(w, "sessionId", o.session_id);
}

live_item live_offer(const event& e, const offer_served& o) {
  const auto explored = !o.arms.empty() && o.propensity * static_cast<double>(o.arms.size()) < 1;
  return {live_kind::offer, e.user_id, "OFFER_SERVED", {}, render_json([&](json_writer& w) {
            w.StartObject();
            json_member(w, "userId", e.user_id);
            json_member(w, "time", e.time);
            json_member(w, "decisionId", o.decision_id);
            json_member(w, "campaign", o.campaign);
            json_member(w, "arm", o.arm);
            json_member(w, "propensity", o.propensity);
            json_member(w, "explored", explored);
            w.EndObject();
          })};
}

live_item live_outcome(const event& e, const analytics_note& note) {
  const auto* told = std::get_if<offer_rewarded>(&e.what);
  const auto* bought = std::get_if<order>(&e.what);
  return {live_kind::outcome, e.user_id, "OFFER_REWARDED", {}, render_json([&](json_writer& w) {
            w.StartObject();
            json_member(w, "userId", e.user_id);
            json_member(w, "time", e.time);
            json_member(w, "decisionId",
                        told     ? std::string_view{told->decision_id}
                        : bought ? std::string_view{bought->offer_decision_id}
                                 : std::string_view{});
            json_member(w, "campaign", note.campaign);
            json_member(w, "arm", note.arm);
            json_member(w, "reward", from_micros(note.reward));
            json_member(w, "outcome",
                        told ? std::string_view{told->outcome} : std::string_view{"order"});
            w.EndObject();
          })};
}

} // namespace

void add_live(std::vector<live_item>& to, const event& e, const analytics_note& note,
              std::int32_t partition, std::int64_t offset) {
  if (!note.counts || note.kind == event_kind::erased) return;
  if (note.rewarded) to.push_back(live_outcome(e, note));
  if (const auto* o = std::get_if<offer_served>(&e.what); o && !o->arm.empty())
    to.push_back(live_offer(e, *o));
  const auto* a = std::get_if<activity>(&e.what);
  const auto* o = std::get_if<order>(&e.what);
  const bool found = note.kind == event_kind::cart_abandoned && note.abandonments > 0;
  if (!a && !o && !found) return;
  to.push_back({live_kind::event, e.user_id, std::string{name_of(note.kind)},
                a ? a->category : std::string{}, render_json([&](json_writer& w) {
                  w.StartObject();
                  write_head(w, e, note.kind, partition, offset);
                  if (a) write_activity(w, *a);
                  if (o) write_order(w, *o);
                  w.EndObject();
                })});
}

std::vector<live_item> live_list(const std::string& user,
                                 const std::vector<engine::recommendation>& list,
                                 std::uint64_t epoch, std::int64_t time) {
  std::vector<live_item> out;
  out.push_back({live_kind::recommendations, user, {}, {}, render_json([&](json_writer& w) {
                   w.StartObject();
                   json_member(w, "userId", user);
                   json_member(w, "time", time);
                   json_member(w, "modelEpoch", epoch);
                   json_member(w, "count", list.size());
                   json_key(w, "items");
                   w.StartArray();
                   for (std::size_t i = 0; i < std::min(list.size(), items_shown); ++i) {
                     w.StartObject();
                     json_member(w, "productId", list[i].product_id);
                     json_member(w, "score", list[i].score);
                     json_member(w, "reason", list[i].reason);
                     json_member(w, "sources", list[i].sources);
                     w.EndObject();
                   }
                   w.EndArray();
                   w.EndObject();
                 })});
  return out;
}

} // namespace riq
