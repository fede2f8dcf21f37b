#pragma once
// What a shard appends to the log about a trigger.

#include <string>
#include <utility>
#include <vector>

#include "messages/local.hpp"
#include "messages/msgpack.hpp"
#include "messages/topics.hpp"
#include "storage/event_log.hpp"

namespace riq {

inline void add_trigger_records(std::vector<storage::outgoing_record>& to, const trigger_report& t,
                                std::int32_t partition, std::int64_t now) {
  const auto add = [&](std::string_view topic) -> storage::outgoing_record& {
    auto& r = to.emplace_back();
    r.topic = topic;
    r.partition = partition;
    r.key = t.user_id;
    r.timestamp = now;
    return r;
  };
  switch (t.kind) {
  case trigger_note::what::fired: {
    auto& r = add(topics::retargeting_triggers);
    r.value = t.body;
    r.headers = {{std::string{headers::event_id}, t.id}};
    if (!t.offer_event.empty()) {
      // On its way to the user as every served offer, and into the log that policies are valued
      // from.
      auto& o = add(topics::offer_decisions);
      o.value = t.offer_event;
      o.headers = {{std::string{headers::received}, std::to_string(now)}};
    }
    return;
  }
  case trigger_note::what::converted: {
    auto& r = add(topics::trigger_outcomes);
    r.key = t.id;
    r.value = t.body;
    return;
  }
  case trigger_note::what::forgotten:
    add(topics::retargeting_triggers).tombstone = true;
    return;
  default:
    return;
  }
}

} // namespace riq
