#pragma once
// Messages that only travel between actors of one process, and so may hold pointers. Nodes send
// each other the types of questions.hpp.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "messages/analytics_note.hpp"
#include "messages/error.hpp"
#include "messages/event.hpp"
#include "messages/item.hpp"
#include "messages/records.hpp"
#include "messages/trigger.hpp"

namespace riq {

/// What a subscription delivered; `slot` is the receiver's number for what is followed. Who gives a
/// subscription up that did not fail, and follows the same again, numbers each: what the old one
/// has delivered may still be on its way.
struct log_delivery {
  int slot = 0;
  std::shared_ptr<result<record_batch>> batch;
  std::uint64_t subscription = 0;
};

/// What the partitions of a question hold, in its order; `question` is the asker's number for it.
struct ranges_told {
  std::uint64_t question = 0;
  std::shared_ptr<result<std::vector<offset_range>>> ranges;
};

/// What an append came to; `tag` is the sender's number for it.
struct append_outcome {
  std::uint64_t tag = 0;
  error failure;
  std::vector<std::int64_t> offsets;
};

/// What the state store found for the users of a load.
struct users_loaded {
  std::vector<std::string> users;
  bool only_look = false; ///< for an inspection: nobody is woken
  std::shared_ptr<result<std::vector<std::optional<std::string>>>> states;
};

/// What became of a shard's commit.
struct commit_outcome {
  std::uint64_t number = 0;
  error failure;
};

/// Wake-ups that came due.
struct users_due {
  std::shared_ptr<result<std::vector<due_entry>>> due;
};

/// Events of one user out of one batch of the log, in log order.
struct apply_events {
  std::uint64_t batch = 0;                            ///< the shard's number for the batch
  std::vector<std::pair<std::int64_t, event>> events; ///< with their offsets
};

/// Applied events of one user, and what each means for the numbers about the shop; both lists are
/// of one length, in log order.
struct applied_part {
  std::vector<std::pair<std::int64_t, event>> events;
  std::vector<analytics_note> notes;
};

/// What the shard shall publish about a trigger.
struct trigger_report {
  trigger_note::what kind = trigger_note::what::fired;
  std::int64_t offset = -1; ///< of the trigger's fact; of `forgotten` the event's own
  std::string user_id;
  std::string id;          ///< of the trigger
  std::string body;        ///< JSON, of fired and converted
  std::string offer_event; ///< of fired: the served offer as an event in msgpack, may be empty
};

/// A decision whose window closed: what is told of it on `offer-decisions`.
struct expiry_report {
  std::string user_id;
  std::string event; ///< msgpack
};

/// A user found too little of a campaign's budget on their shard; answered when there may be more.
struct want_lease {
  std::string campaign;
};

/// An item of the catalogue changed in a way that may concern the user.
struct item_changed {
  std::string product_id;
  double price = 0;
  bool in_stock = true;
  bool came_back = false;
  std::int64_t number = 0;
};

/// Snapshots of a shard, a page at a time, from which it learns who cares for what.
struct users_scanned {
  std::shared_ptr<result<std::vector<std::pair<std::string, std::string>>>> page;
};

/// What applying them did.
struct events_applied {
  std::string user_id;
  std::uint64_t batch = 0;
  std::uint32_t applied = 0;
  std::uint32_t duplicates = 0;
  std::int64_t applied_offset = -1;
  std::uint64_t state_bytes = 0; ///< estimate of the user's memory
  std::vector<numbered_update> updates;
  applied_part part;
  std::vector<trigger_report> triggers; ///< in the order of the events
  std::vector<expiry_report> expired;
};

/// Entries of the shard's aggregate out of the store.
struct analytics_loaded {
  std::shared_ptr<result<std::vector<std::pair<std::string, std::string>>>> entries;
};

/// A user's state with the position it holds up to.
struct user_snapshot {
  std::string user_id;
  std::int64_t applied_offset = -1;
  std::int64_t next_due = 0; ///< 0: no timer
  std::string bytes;
  bool final = false; ///< the actor ends with it
};

/// A user's actor ended by an exception, and takes with it what it was told and has not answered.
struct user_failed {
  std::string user_id;
  std::string why;
};

/// Shards whose states are here, and which are this node's from now on.
struct shards_gained {
  std::vector<std::int32_t> partitions;
};

/// Shards that go to another node; `released` is called, once, when nothing of them runs here.
struct shards_lost {
  std::vector<std::int32_t> partitions;
  bool may_store = true; ///< false: they are another's already
  std::function<void()> released;
};

/// What a webhook's call came to. `status` 0: no answer, `detail` says why.
struct webhook_answer {
  std::uint64_t call = 0; ///< the caller's number
  unsigned status = 0;
  std::string detail;
};

/// What a target's actor is doing about a trigger.
struct delivery_state {
  std::string trigger;
  std::string target;
  std::string state; ///< pending, retrying, delivered, dead
  std::uint32_t attempts = 0;
  std::int64_t next_try = 0; ///< epoch ms, 0: none
  std::string detail;
  static constexpr auto fields() {
    using s = delivery_state;
    return std::tuple{field("trigger", &s::trigger),  field("target", &s::target),
                      field("state", &s::state),      field("attempts", &s::attempts),
                      field("nextTry", &s::next_try), field("detail", &s::detail)};
  }
};

/// How a target is.
struct webhook_status {
  std::string target;
  std::string breaker; ///< closed, open, half_open
  std::uint64_t waiting = 0;
  std::uint64_t in_flight = 0;
  std::uint64_t delivered = 0; ///< since the start, like the others
  std::uint64_t failed = 0;    ///< tries
  std::uint64_t dead = 0;
  std::uint64_t lag = 0; ///< in the topic and not read yet
  std::string failure;
  static constexpr auto fields() {
    using s = webhook_status;
    return std::tuple{field("target", &s::target),       field("breaker", &s::breaker),
                      field("waiting", &s::waiting),     field("inFlight", &s::in_flight),
                      field("delivered", &s::delivered), field("failedTries", &s::failed),
                      field("dead", &s::dead),           field("lag", &s::lag),
                      field("failure", &s::failure)};
  }
};

} // namespace riq
