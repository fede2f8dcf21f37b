#pragma once
// What routes work with: the actors through the desk of their io thread, and the log.
//
// Threading: `here`, `ask_user`, `ask_shard` and `store` on an io thread; completions come back on
// the same one.

#include "gateway/desk.hpp"
#include "gateway/live_streams.hpp"
#include "gateway/parts.hpp"
#include "gateway/recent_events.hpp"
#include "gateway/request.hpp"
#include "gateway/responder.hpp"
#include "messages/position.hpp"
#include "messages/topics.hpp"

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace riq::gateway {

class metrics;

class backend {
 public:
  backend(parts with, const std::vector<std::shared_ptr<io_loop>>& loops);

  const parts& with() const { return parts_; }
  storage::event_log& log() const { return *parts_.log; }
  desk& here() const { return *desks_[io_loop::current()->index()]; }
  std::chrono::milliseconds deadline() const { return deadline_; }

  /// Asks the shard that has the user, here or on another node.
  template <class Reply, class Question>
  void ask_user(Question question, unique_function<void(result<Reply>)> done) {
    if (auto wrong = check_position(question.of.after)) return done(std::move(wrong));
    const auto partition = log().partition_of(topics::processed_events, question.of.user_id);
    ask_shard<Reply>(partition, std::move(question), std::move(done));
  }

  /// Asks the shard of that partition, here or on another node.
  template <class Reply, class Question>
  void ask_shard(std::int32_t partition, Question question,
                 unique_function<void(result<Reply>)> done) {
    if (const auto shard = parts_.shard(partition))
      return here().ask<Reply>(shard, deadline_, std::move(done), std::move(question));
    if (const auto peer = parts_.peer ? parts_.peer(partition) : shard_questions{})
      return here().ask<Reply>(peer, deadline_, std::move(done), std::move(question));
    done(error{ec::not_ready, "", "the user's shard is on no node at the moment; try again"});
  }

  /// Appends durably. `done` gets the offsets, or why nothing was kept.
  void store(std::vector<storage::outgoing_record> records,
             unique_function<void(result<std::vector<std::int64_t>>)> done);

  /// Empty when the position may be waited for; it may be empty itself.
  error check_position(std::string_view after) const;

  /// When that happened which tells no time of its own: as engine time goes, so that it does not
  /// move the clock of an old log that is read as if it were then.
  std::int64_t engine_time(std::int64_t received) const {
    return parts_.config.engine.time == "stream" ? parts_.analytics.now() : received;
  }

  /// An id that no other event has, also after a restart.
  std::string next_event_id();

  /// Of a record of the source's topic with that key.
  position position_of(source from, std::string_view key, std::int64_t offset) const {
    return {from, log().partition_of(topics::of(from), key), offset};
  }

  /// What came in lately, for people who look.
  recent_events recent;

  /// The live stream; null: there is none.
  std::unique_ptr<live_streams> streams;

  /// The counters, once the table of routes is built; they are read at run time only.
  metrics* counters = nullptr;
  std::string document; ///< /openapi.json
  const std::chrono::system_clock::time_point started = std::chrono::system_clock::now();

 private:
  parts parts_;
  std::vector<std::unique_ptr<desk>> desks_;
  std::chrono::milliseconds deadline_;
  std::string id_prefix_;
  std::atomic<std::uint64_t> next_id_{1};
};

/// Milliseconds since the epoch.
std::int64_t wall_ms();

/// The record of what happened to an offer, for the topic of decisions.
storage::outgoing_record offer_record(const event& e);

/// The raw record of an event: the bytes as they came, and who sent them.
storage::outgoing_record raw_record(source from, const event& e, std::string bytes,
                                    const request& r);

} // namespace riq::gateway
