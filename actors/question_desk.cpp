#include "actors/question_desk.hpp"

#include <array>
#include <utility>

#include <caf/send.hpp>

#include "actors/remote_codec.hpp"

namespace riq {
namespace {

template <class Question>
struct reply {
  using type = answer;
};
template <>
struct reply<choose_offer> {
  using type = offer_choice;
};
template <>
struct reply<ask_analytics> {
  using type = analytics_slice;
};
template <>
struct reply<look_up_decision> {
  using type = decision_standing;
};
template <>
struct reply<get_budgets> {
  using type = budget_slice;
};
template <class Question>
using reply_of = typename reply<Question>::type;

// Answers in one message.
constexpr std::size_t most_answers = 256;

} // namespace

void desk_state::start(std::shared_ptr<shard_table> t) {
  table = std::move(t);
  self->set_down_handler([this](const caf::down_msg& down) { askers.erase(down.source); });
}

template <class Question>
void desk_state::pass_on(const asker_id& from, const remote_question& question) {
  const auto number = question.number;
  auto q = from_msgpack<Question>(question.body);
  if (!q) return answer_with(from, refused(number, q.error()));
  const auto shard = table->shard(question.partition);
  if (!shard)
    return answer_with(from, refused(number, {ec::not_ready, "", "the user's shard has moved"}));
  // Without a deadline, which CAF would keep in a list that its clock's thread locks for each
  // question: whoever asked has one, and of a shard that ends CAF tells.
  self->request(shard, caf::infinite, std::move(*q))
    .then([this, from, number](
            reply_of<Question>& reply) { answer_with(from, to_remote(number, std::move(reply))); },
          [this, from, number](const caf::error& why) {
            answer_with(from, refused(number, from_caf(why)));
          });
}

void desk_state::asked(question_batch& batch) {
  const auto sender = self->current_sender();
  if (!sender) return;
  const auto from = caf::actor_cast<caf::actor_addr>(sender);
  if (askers.try_emplace(from, asker{caf::actor_cast<answer_taker>(sender), {}}).second)
    self->monitor(from);
  using handler = void (desk_state::*)(const asker_id&, const remote_question&);
  static constexpr auto handlers = []<std::size_t... I>(std::index_sequence<I...>) {
    return std::array<handler, sizeof...(I)>{
      &desk_state::pass_on<std::tuple_element_t<I, remote_kinds>>...};
  }
  (std::make_index_sequence<remote_kind_count>{});
  for (const auto& q : batch.questions) {
    if (q.kind < handlers.size())
      (this->*handlers[q.kind])(from, q);
    else
      answer_with(from, refused(q.number, {ec::invalid, "",
                                           "this node does not know the question; "
                                           "it runs an older version"}));
  }
}

void desk_state::answer_with(const asker_id& to, remote_answer a) {
  const auto found = askers.find(to);
  if (found == askers.end()) return; // gone
  auto& waiting = found->second.answers;
  waiting.push_back(std::move(a));
  if (waiting.size() >= most_answers) {
    self->send(found->second.to, answer_batch{std::exchange(waiting, {})});
  } else if (!flush_wanted) {
    flush_wanted = true;
    self->send(self, atom::flush_v);
  }
}

/// Comes behind the answers that were in the mailbox when the first one was kept.
void desk_state::flush() {
  flush_wanted = false;
  for (auto& [id, a] : askers)
    if (!a.answers.empty()) self->send(a.to, answer_batch{std::exchange(a.answers, {})});
}

desk_actor::behavior_type question_desk(desk_actor::stateful_pointer<desk_state> self,
                                        std::shared_ptr<shard_table> table) {
  self->state.start(std::move(table));
  return {
    [self](question_batch& batch) { self->state.asked(batch); },
    [self](atom::flush) { self->state.flush(); },
  };
}

} // namespace riq
