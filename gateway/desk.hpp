#pragma once
// The bridge between an io thread and the actors: questions go out under an id, answers come back
// through a companion actor, and a deadline ends what is not answered. No thread waits.
//
// A question's id carries the index of its entry and a generation, so an answer finds its entry
// without a search, and one that comes late finds another generation and is dropped. Deadlines
// stand in one queue for each length, in the order in which they end; a timer looks at the fronts.
//
// Threading: one desk for each io thread, used on that thread only; answers arrive on any thread
// and are handed over, many under one wake-up.
// Lifecycle: made before its loop starts; ends after the loop and before the actor system. What is
// open then is never completed.

#include "gateway/io_loop.hpp"
#include "gateway/unique_function.hpp"
#include "messages/caf_error.hpp"
#include "messages/error.hpp"

#include <caf/actor.hpp>
#include <caf/actor_cast.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/message.hpp>

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <utility>
#include <vector>

namespace caf {
class actor_system;
}

namespace riq::gateway {

class desk {
 public:
  desk(caf::actor_system& system, std::shared_ptr<io_loop> loop);
  ~desk();
  desk(const desk&) = delete;

  /// Asks an actor. `done` is called once, on the loop's thread: with the reply, with the actor's
  /// error, or with `ec::timed_out` after `deadline`.
  template <class Reply, class Handle, class... Question>
  void ask(const Handle& to, std::chrono::milliseconds deadline,
           unique_function<void(result<Reply>)> done, Question&&... question) {
    const auto mid = begin<Reply>(deadline, std::move(done));
    caf::actor_cast<caf::abstract_actor*>(to)->enqueue(
      caf::make_mailbox_element(self_, mid, {}, std::forward<Question>(question)...), nullptr);
  }

  /// The same before everything else in the actor's mailbox, so that a busy one does not hide.
  template <class Reply, class Handle, class... Question>
  void ask_urgently(const Handle& to, std::chrono::milliseconds deadline,
                    unique_function<void(result<Reply>)> done, Question&&... question) {
    const auto mid = begin<Reply>(deadline, std::move(done)).with_high_priority();
    caf::actor_cast<caf::abstract_actor*>(to)->enqueue(
      caf::make_mailbox_element(self_, mid, {}, std::forward<Question>(question)...), nullptr);
  }

 private:
  using completion = unique_function<void(result<caf::message>)>;

  template <class Reply>
  caf::message_id begin(std::chrono::milliseconds deadline,
                        unique_function<void(result<Reply>)> done) {
    return open(deadline, [done = std::move(done)](result<caf::message> m) mutable {
      if (!m) return done(m.error());
      if (!m->template match_elements<Reply>())
        return done(error{ec::internal, "", "an actor gave an answer of another type"});
      done(std::move(m->template get_mutable_as<Reply>(0)));
    });
  }

  struct inbox;

  struct entry {
    std::uint64_t generation = 1;
    completion done;
  };
  struct due {
    steady::time_point at;
    std::uint64_t id;
  };
  struct queue {
    std::chrono::milliseconds length;
    std::deque<due> entries;
  };

  caf::message_id open(std::chrono::milliseconds deadline, completion done);
  void received(caf::mailbox_element_ptr element);
  void complete(std::uint64_t id, result<caf::message> m);
  bool is_open(std::uint64_t id) const;
  void arm();
  void expire();

  std::shared_ptr<io_loop> loop_;
  caf::actor companion_;
  caf::strong_actor_ptr self_;
  std::shared_ptr<inbox> inbox_;
  std::vector<entry> entries_;
  std::vector<std::uint32_t> free_;
  std::vector<queue> queues_;
  asio::steady_timer timer_;
  steady::time_point armed_for_ = steady::time_point::max();
  bool stopped_ = false;
};

} // namespace riq::gateway
