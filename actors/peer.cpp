#include "actors/peer.hpp"

#include <algorithm>
#include <set>
#include <type_traits>
#include <utility>

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "actors/remote_codec.hpp"
#include "messages/caf_error.hpp"
#include "messages/topics.hpp"

namespace riq {
namespace {

constexpr auto peer_tick = std::chrono::milliseconds(100);
constexpr auto connect_within = std::chrono::seconds(3);
constexpr std::int64_t first_pause_ms = 100;
constexpr std::int64_t longest_pause_ms = 2'000;
// A link that lasted for less is no sign that the next one will last.
constexpr std::int64_t holds_after_ms = 1'000;
// Questions in one message.
constexpr std::size_t most_gathered = 64;
// Questions under way to one node, beyond which it is not keeping up.
constexpr std::size_t most_open = 20'000;

const error not_reached{ec::not_ready, "", "the node that has the user's shard is not reached"};

} // namespace

std::int64_t peer_state::steady_now() const {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
           self->clock().now().time_since_epoch())
    .count();
}

peer_state::~peer_state() {
  caf::anon_send_exit(config.connector, caf::exit_reason::user_shutdown);
}

void peer_state::start(peer_config c) {
  config = std::move(c);
  pause_ms = first_pause_ms;
  self->set_down_handler([this](const caf::down_msg&) { disconnected(); });
  connect();
  look_again();
}

/// Nothing is to be looked after while the link holds and nobody asks.
void peer_state::look_again() {
  if ((desk && open.empty()) || std::exchange(looking, true)) return;
  self->delayed_send(self, peer_tick, atom::tick_v);
}

void peer_state::connect() {
  connecting = true;
  // A connection that comes later is kept for the next attempt.
  self->request(config.connector, connect_within, caf::connect_atom_v, config.host, config.port)
    .then([this](const caf::node_id&, const caf::strong_actor_ptr& there,
                 const std::set<std::string>&) { connected(there); },
          [this](const caf::error& why) {
            if (!std::exchange(unreached, true))
              spdlog::warn("{}:{} is not reached yet: {}", config.host, config.port,
                           self->home_system().render(why));
            disconnected();
          });
}

void peer_state::connected(const caf::strong_actor_ptr& there) {
  connecting = false;
  if (!there) return disconnected();
  desk = caf::actor_cast<desk_actor>(there);
  self->monitor(desk);
  connected_at = steady_now();
  silent = false;
  unreached = false;
  spdlog::info("connected to {}:{}", config.host, config.port);
}

void peer_state::disconnected() {
  connecting = false;
  if (desk) spdlog::warn("the link to {}:{} is gone", config.host, config.port);
  const auto now = steady_now();
  if (desk && now - connected_at > holds_after_ms) pause_ms = first_pause_ms;
  // Two nodes that connect to each other at the same moment each take their own link for the one to
  // keep and close the other's, so both are gone, and must not try again at the same moment.
  connect_at = now + std::uniform_int_distribution<std::int64_t>{pause_ms / 2, pause_ms}(dice);
  pause_ms = std::min(pause_ms * 2, longest_pause_ms);
  desk = desk_actor{};
  refuse_all(not_reached);
  look_again();
}

void peer_state::refuse_first(const error& why) {
  auto& q = open.front();
  if (!q.answered) q.deliver(q.promise, why);
  open.pop_front();
}

void peer_state::refuse_all(const error& why) {
  gathered.clear();
  while (!open.empty()) refuse_first(why);
}

/// Of a question about a user.
template <class Question>
std::int32_t peer_state::partition_of(const Question& question) const {
  return config.log->partition_of(topics::processed_events, question.of.user_id);
}

template <class Reply, class Question>
caf::result<Reply> peer_state::ask(const Question& question) {
  const auto now = steady_now();
  if (!desk || (silent && now < probe_at)) return to_caf(not_reached);
  if (silent) probe_at = now + config.silence_ms;
  if (open.size() >= most_open)
    return to_caf({ec::queue_full, "", "too many questions wait for another node"});
  auto promise = self->make_response_promise<Reply>();
  gathered.push_back(to_remote(next_number++, partition_of(question), question));
  open.push_back({now, promise, &deliver<Reply>});
  look_again();
  if (gathered.size() == 1) self->send(self, atom::flush_v);
  if (gathered.size() >= most_gathered) flush();
  return promise;
}

/// Comes behind the questions that were in the mailbox when the first was gathered.
void peer_state::flush() {
  if (gathered.empty() || !desk) return;
  self->send(desk, question_batch{std::exchange(gathered, {})});
}

void peer_state::answered(answer_batch& batch) {
  heard = steady_now();
  silent = false;
  const auto first_number = next_number - open.size();
  for (auto& a : batch.answers) {
    const auto place = a.number - first_number; // large if it was refused: numbers only grow
    if (place >= open.size() || std::exchange(open[place].answered, true)) continue;
    open[place].deliver(open[place].promise, to_result(a));
  }
  while (!open.empty() && open.front().answered) open.pop_front();
}

void peer_state::tick() {
  looking = false;
  const auto now = steady_now();
  if (!desk && !connecting && now >= connect_at) connect();
  if (!open.empty() && !silent && now - std::max(open.front().asked, heard) > config.silence_ms) {
    spdlog::warn("{}:{} does not answer", config.host, config.port);
    silent = true;
    probe_at = now + config.silence_ms;
  }
  const error late{ec::timed_out, "", "the node that has the user's shard does not answer"};
  if (silent) refuse_all(late);
  while (!open.empty() && (open.front().answered || now - open.front().asked > config.deadline_ms))
    refuse_first(late);
  look_again();
}

peer_actor::behavior_type peer(peer_actor::stateful_pointer<peer_state> self, peer_config config) {
  self->state.start(std::move(config));
  return {
    [self](const recommend& q) { return self->state.ask<answer>(q); },
    [self](const retrieve& q) { return self->state.ask<answer>(q); },
    [self](const rank& q) { return self->state.ask<answer>(q); },
    [self](const get_features& q) { return self->state.ask<answer>(q); },
    [self](const choose_offer& q) { return self->state.ask<offer_choice>(q); },
    [self](const export_user& q) { return self->state.ask<answer>(q); },
    [self](const inspect_user& q) { return self->state.ask<answer>(q); },
    [self](const dry_run& q) { return self->state.ask<answer>(q); },
    [self](const what_if& q) { return self->state.ask<answer>(q); },
    [self](const ask_analytics& q) { return self->state.ask<analytics_slice>(q); },
    [self](const look_up_decision& q) { return self->state.ask<decision_standing>(q); },
    [self](const get_budgets& q) { return self->state.ask<budget_slice>(q); },
    [self](answer_batch& batch) { self->state.answered(batch); },
    [self](atom::flush) { self->state.flush(); },
    [self](atom::tick) { self->state.tick(); },
  };
}

} // namespace riq
