// What a target's actor tells of its deliveries: to the dead letters, to the topic of outcomes, and
// to the listing.

#include <utility>

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "actors/webhook.hpp"
#include "messages/json.hpp"
#include "messages/topics.hpp"

namespace riq {

/// To the dead letters, from where a person can send it again.
void webhook_state::bury(std::uint64_t number, delivery& d) {
  d.dying = true;
  storage::outgoing_record record;
  record.topic = topics::dead_letters;
  record.key = d.user;
  record.value = d.body;
  record.timestamp = config.wall();
  const auto add = [&](std::string_view name, std::string value) {
    record.headers.emplace_back(std::string{name}, std::move(value));
  };
  add(headers::event_id, d.id);
  add(headers::target, config.target.name);
  add(headers::topic, std::string{topics::retargeting_triggers});
  add(headers::partition, std::to_string(d.partition));
  add(headers::offset, std::to_string(d.offset));
  add(headers::reason, "undeliverable");
  add(headers::detail, config.target.name + ": " + d.detail + " after " +
                         std::to_string(d.attempts) + (d.attempts == 1 ? " try" : " tries"));
  std::vector<storage::outgoing_record> records;
  records.push_back(std::move(record));
  const auto failed =
    config.log->append(std::move(records), storage::durability::synced,
                       [to = webhook_actor{self}, number](result<std::vector<std::int64_t>> done) {
                         caf::anon_send(to, done ? append_outcome{number, {}, *done}
                                                 : append_outcome{number, done.error(), {}});
                       });
  if (failed) appended({number, failed, {}});
}

/// What became of it, for the listing of every node and of the next life.
void webhook_state::outcome(const delivery& d, std::string_view kind) {
  storage::outgoing_record record;
  record.topic = topics::trigger_outcomes;
  record.key = d.id;
  record.partition = d.partition;
  record.timestamp = config.wall();
  record.value = render_json([&](json_writer& w) {
    w.StartObject();
    json_member(w, "id", d.id);
    json_member(w, "kind", kind);
    json_member(w, "target", config.target.name);
    json_member(w, "attempts", d.attempts);
    json_member(w, "detail", d.detail);
    json_member(w, "time", record.timestamp);
    w.EndObject();
  });
  std::vector<storage::outgoing_record> records;
  records.push_back(std::move(record));
  // Only the listing is poorer without it, so a log that refuses it need not keep it for ever.
  const auto lost = [target = config.target.name](const error& why) {
    spdlog::warn("webhook {}: an outcome was not kept: {}", target, why.detail);
  };
  const auto failed = config.log->append(std::move(records), storage::durability::relaxed,
                                         [lost](const result<std::vector<std::int64_t>>& done) {
                                           if (!done) lost(done.error());
                                         });
  if (failed) lost(failed);
}

void webhook_state::tell(const delivery& d, std::string_view what) const {
  if (!config.listing) return;
  delivery_state s;
  s.trigger = d.id;
  s.target = config.target.name;
  s.state = what;
  s.attempts = d.attempts;
  if (what == "retrying") s.next_try = config.wall() + (d.next_try - steady_now());
  s.detail = d.detail;
  self->send(config.listing, std::move(s));
}

} // namespace riq
