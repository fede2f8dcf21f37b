#pragma once
// An actor system whose scheduler and clock belong to the test: nothing runs but what the test
// runs, and time passes when it says so.

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/detail/test_actor_clock.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>

#include "messages/caf_error.hpp"
#include "messages/interfaces.hpp"

namespace riq::testing {

/// An answer that may still be on its way: empty until it came.
template <class Res>
using pending_answer = std::shared_ptr<std::optional<result<Res>>>;

namespace detail {

struct config : caf::actor_system_config {
  config() {
    add_message_types<caf::id_block::riq>();
    add_error_category(error_category, [](std::uint8_t code, caf::atom_value, const caf::message&) {
      return std::string{name_of(static_cast<ec>(code))};
    });
    set("scheduler.policy", caf::atom("testing"));
    set("logger.file-verbosity", caf::atom("quiet"));
    set("logger.console-verbosity", caf::atom("quiet"));
  }
};

} // namespace detail

class deterministic_system {
 public:
  deterministic_system()
    : sys(cfg_), sched(dynamic_cast<caf::scheduler::test_coordinator&>(sys.scheduler())) {
    sched.clock().current_time += std::chrono::hours(1);
  }

  ~deterministic_system() { kill_all(); }

  /// Spawns an actor that ends with the test at the latest.
  template <class F, class... Ts>
  auto spawn(F f, Ts&&... xs) {
    return own(sys.spawn(f, std::forward<Ts>(xs)...));
  }
  /// The same of an actor that is a class.
  template <class Actor, class... Ts>
  auto spawn_class(Ts&&... xs) {
    return own(sys.spawn<Actor>(std::forward<Ts>(xs)...));
  }

  /// Ends everything that was spawned, as a crash would: nothing gets to say goodbye.
  void kill_all() {
    for (auto& h : owned_) caf::anon_send_exit(h, caf::exit_reason::kill);
    owned_.clear();
    drain();
  }

  void drain() { sched.run(); }

  void advance(std::chrono::milliseconds t) {
    sched.advance_time(t);
    drain();
  }

  /// Whether an actor waits for time to pass.
  bool has_timers() const { return sched.clock().has_pending_timeout(); }

  /// Asks and returns at once; the answer comes when the test lets actors run.
  template <class Res, class Handle, class Question>
  pending_answer<Res> begin(const Handle& h, Question question) {
    auto slot = std::make_shared<std::optional<result<Res>>>();
    // With arguments: CAF 0.17 binds a reference to null when a function is spawned without any.
    owned_.push_back(sys.spawn(
      [](caf::event_based_actor* asker, const Handle& to, const Question& what,
         const pending_answer<Res>& answered) {
        asker->request(to, caf::infinite, what)
          .then([answered](Res& r) { answered->emplace(std::move(r)); },
                [answered](caf::error& e) { answered->emplace(from_caf(e)); });
      },
      h, question, slot));
    return slot;
  }

  /// Asks, lets everything run, and returns what came; `ec::timed_out` when nothing did.
  template <class Res, class Handle, class Question>
  result<Res> ask(const Handle& h, Question question) {
    const auto slot = begin<Res>(h, std::move(question));
    drain();
    if (!*slot) return error{ec::timed_out, "", "no answer yet"};
    return std::move(**slot);
  }

  /// The state of a live actor of this system, for a look only.
  template <class State, class Handle>
  const State& state_of(const Handle& h) {
    using pointer = typename Handle::template stateful_pointer<State>;
    return caf::actor_cast<pointer>(h)->state;
  }

 private:
  detail::config cfg_;

 public:
  caf::actor_system sys;
  caf::scheduler::test_coordinator& sched;

 private:
  template <class Handle>
  Handle own(Handle h) {
    owned_.push_back(caf::actor_cast<caf::actor>(h));
    drain();
    return h;
  }

  std::vector<caf::actor> owned_;
};

} // namespace riq::testing
