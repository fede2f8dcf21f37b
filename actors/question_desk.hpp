#pragma once
// Answers what other nodes ask of the users of this one: asks the shards here, and sends the
// answers back as they come, many in one message. Users never answer another node themselves: each
// would leave a proxy of itself there.

#include <memory>
#include <unordered_map>
#include <vector>

#include "actors/shard_table.hpp"
#include "messages/interfaces.hpp"

namespace riq {

/// What the desk needs of an asker.
using answer_taker = caf::typed_actor<caf::reacts_to<answer_batch>>;

struct desk_state {
  static inline const char* name = "question_desk";

  explicit desk_state(desk_actor::pointer self) : self(self) {}

  void start(std::shared_ptr<shard_table> t);
  void asked(question_batch& batch);
  void flush();

  struct asker {
    answer_taker to;
    std::vector<remote_answer> answers;
  };
  using asker_id = caf::actor_addr;

  template <class Question>
  void pass_on(const asker_id& from, const remote_question& question);
  void answer_with(const asker_id& to, remote_answer a);

  desk_actor::pointer self;
  std::shared_ptr<shard_table> table;
  std::unordered_map<asker_id, asker> askers;
  bool flush_wanted = false;
};

desk_actor::behavior_type question_desk(desk_actor::stateful_pointer<desk_state> self,
                                        std::shared_ptr<shard_table> table);

} // namespace riq
