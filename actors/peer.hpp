#pragma once
// Stands for the shards of another node: gathers what is asked while its mailbox has more, sends it
// to that node's desk in one message, and answers as the answers come.
//
// Lifecycle: connects at its start and again, with growing pauses, whenever the link is gone. While
// there is none, and while the other side has been silent for long, questions are refused at once,
// so that whoever asked can answer degraded.

#include <cstdint>
#include <deque>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <caf/actor.hpp>
#include <caf/response_promise.hpp>

#include "messages/interfaces.hpp"
#include "storage/event_log.hpp"

namespace riq {

struct peer_config {
  std::string host;
  std::uint16_t port = 0;
  caf::actor connector;                    ///< answers CAF's `connect`; ends with the peer
  std::shared_ptr<storage::event_log> log; ///< for the partition of a user
  std::int64_t silence_ms = 1'000;         ///< an older open question means that it is silent
  std::int64_t deadline_ms = 5'000;        ///< a question that is older is refused
};

struct peer_state {
  static inline const char* name = "peer";

  explicit peer_state(peer_actor::pointer self) : self(self) {}
  ~peer_state(); ///< ends its connector

  void start(peer_config c);
  void connect();
  void connected(const caf::strong_actor_ptr& desk);
  void disconnected();
  template <class Reply, class Question>
  caf::result<Reply> ask(const Question& question);
  void flush();
  void answered(answer_batch& batch);
  std::int32_t partition_of(const ask_analytics& question) const { return question.partition; }
  std::int32_t partition_of(const get_budgets& question) const { return question.partition; }
  template <class Question>
  std::int32_t partition_of(const Question& question) const;
  void refuse_first(const error& why);
  void refuse_all(const error& why);
  void tick();
  void look_again(); ///< with a tick, if there is anything to look after
  std::int64_t steady_now() const;

  struct open_question {
    std::int64_t asked = 0; ///< steady ms
    caf::response_promise promise;
    void (*deliver)(caf::response_promise& to, result<std::string> body) = nullptr;
    bool answered = false;
  };

  peer_actor::pointer self;
  peer_config config;
  desk_actor desk;                ///< null while there is no link
  std::deque<open_question> open; ///< by their numbers, up to the next; the first is unanswered
  std::uint64_t next_number = 1;
  std::vector<remote_question> gathered;
  std::int64_t heard = 0;
  std::int64_t probe_at = 0; ///< while it is silent: when a question may try again
  bool silent = false;
  bool looking = false; ///< a tick is under way
  bool connecting = false;
  bool unreached = false; ///< and that was said
  std::int64_t pause_ms = 0;
  std::int64_t connect_at = 0;
  std::int64_t connected_at = 0;
  std::minstd_rand dice{std::random_device{}()};
};

peer_actor::behavior_type peer(peer_actor::stateful_pointer<peer_state> self, peer_config config);

} // namespace riq
