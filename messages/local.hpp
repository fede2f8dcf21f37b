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

namespace riq {

/// What a subscription delivered; `slot` is the receiver's number for the subscription.
struct log_delivery {
  int slot = 0;
  std::shared_ptr<result<record_batch>> batch;
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

} // namespace riq
