// Questions to users, and looks at them.

#include <algorithm>

#include <caf/send.hpp>

#include "actors/inspection.hpp"
#include "actors/shard.hpp"
#include "engine/apply.hpp"
#include "messages/caf_error.hpp"
#include "messages/msgpack.hpp"
#include "messages/position.hpp"
#include "messages/topics.hpp"

namespace riq {
namespace {

/// What a token asks of this shard; positions of other partitions say nothing about its users.
position_waiters::offsets wanted_here(const std::vector<position>& positions,
                                      std::int32_t partition) {
  position_waiters::offsets out{-1, -1, -1, -1};
  for (const auto& p : positions) {
    auto& w = out[static_cast<std::size_t>(p.from)];
    if (p.partition == partition) w = std::max(w, p.offset);
  }
  return out;
}

} // namespace

template <class Reply, class Question>
void shard_state::hand_over(resident& r, caf::typed_response_promise<Reply> promise,
                            const Question& question) {
  if (*r.damage)
    promise.deliver(to_caf(*r.damage));
  else if (r.state == resident::phase::live)
    promise.delegate(r.actor, question);
  else
    r.pending.push_back(
      [this, promise, question](resident& now) { hand_over(now, promise, question); });
}

template <class Reply, class Question>
caf::result<Reply> shard_state::pass_question(const Question& question) {
  if (question.of.user_id.empty()) return to_caf({ec::invalid, "userId", "name a user"});
  position_waiters::offsets wanted{-1, -1, -1, -1};
  if (!question.of.after.empty()) {
    const auto token = parse_token(question.of.after);
    if (!token) return to_caf(token.error());
    wanted = wanted_here(*token, config.partition);
  }
  // Only now: an error that is returned while a promise exists would reach nobody.
  auto promise = self->make_response_promise<Reply>();
  const auto pass = [this, promise](const Question& q) {
    auto& r = need(q.of.user_id);
    residents.touch(r, steady_now());
    hand_over(r, promise, q);
  };
  if (waiters.reached(wanted)) {
    pass(question);
  } else {
    const auto deadline = steady_now() + config.engine->config->http.after_wait_ms;
    waiters.add(wanted, deadline, [this, pass, q = question](bool stale) mutable {
      q.of.stale = stale;
      pass(q);
      load_missing();
    });
    look_soon();
  }
  load_missing();
  return promise;
}

template caf::result<answer> shard_state::pass_question<answer>(const recommend&);
template caf::result<answer> shard_state::pass_question<answer>(const retrieve&);
template caf::result<answer> shard_state::pass_question<answer>(const rank&);
template caf::result<answer> shard_state::pass_question<answer>(const get_features&);
template caf::result<answer> shard_state::pass_question<answer>(const export_user&);
template caf::result<answer> shard_state::pass_question<answer>(const dry_run&);
template caf::result<answer> shard_state::pass_question<answer>(const what_if&);
template caf::result<offer_choice> shard_state::pass_question<offer_choice>(const choose_offer&);
template caf::result<decision_standing>
shard_state::pass_question<decision_standing>(const look_up_decision&);

caf::result<answer> shard_state::look(const inspect_user& question) {
  const auto& id = question.of.user_id;
  auto promise = self->make_response_promise<answer>();
  auto* r = residents.find(id);
  if (r && r->state != resident::phase::leaving) {
    hand_over(*r, promise, question);
    return promise;
  }
  looking[id].push_back(promise);
  if (r) return promise; // its last snapshot will answer
  if (const auto* s = snapshots.find(id)) {
    user_state data;
    data.user_id = id;
    if (!s->bytes.empty())
      if (auto kept = from_msgpack<user_state>(s->bytes)) data = std::move(*kept);
    answer_look(id, data);
    return promise;
  }
  const auto failed =
    config.store->load(config.partition, {id}, [to = shard_actor{self}, id](auto found) {
      caf::anon_send(to,
                     users_loaded{{id}, true, std::make_shared<decltype(found)>(std::move(found))});
    });
  if (failed) refuse_look(id, failed);
  return promise;
}

void shard_state::refuse_look(const std::string& user, const error& why) {
  if (auto waiting = looking.extract(user))
    for (auto& promise : waiting.mapped()) promise.deliver(to_caf(why));
}

void shard_state::answer_look(const std::string& user, const user_state& data) {
  const auto waiting = looking.find(user);
  if (waiting == looking.end()) return;
  const answer shown{render_inspection(
    data, {config.partition, false, clock->now(), engine::memory_of(data), nullptr},
    config.engine->config->features)};
  for (auto& promise : waiting->second) promise.deliver(shown);
  looking.erase(waiting);
}

shard_status shard_state::status() const {
  auto out = counts;
  out.resident = residents.size();
  out.loading = to_load.size();
  out.saving = snapshots.size();
  out.analytics_entries = analytics.entries();
  const auto keys = config.store->approximate_keys(config.partition);
  out.stored = keys - std::min<std::uint64_t>(keys, out.analytics_entries);
  out.dirty = residents.dirty().size();
  out.end_offset = config.log->range({std::string{topics::processed_events}, config.partition}).end;
  out.lag = std::max<std::int64_t>(0, out.end_offset - passed_on);
  out.waiting = waiters.size();
  out.mailbox = self->mailbox().size();
  out.stream_time = clock->newest();
  out.state_bytes = residents.bytes();
  if (interests) out.interests = interests->size();
  for (const auto* part : {&failures.storing, &failures.telling, &failures.loading,
                           &failures.reading, &failures.damage})
    if (!part->empty()) out.failure = *part;
  return out;
}

} // namespace riq
