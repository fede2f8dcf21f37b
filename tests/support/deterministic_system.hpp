#pragma once
// An actor system whose scheduler and clock belong to the test: nothing runs but what the test
// runs, and time passes when it says so.

#include <chrono>
#include <vector>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/detail/test_actor_clock.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include "messages/caf_error.hpp"
#include "messages/interfaces.hpp"

namespace riq::testing {

class deterministic_system {
 public:
  deterministic_system()
    : sys(cfg), self(sys, true),
      sched(dynamic_cast<caf::scheduler::test_coordinator&>(sys.scheduler())) {
    sched.clock().current_time += std::chrono::hours(1);
  }

  ~deterministic_system() { kill_all(); }

  /// Spawns an actor that ends with the test at the latest.
  template <class F, class... Ts>
  auto spawn(F f, Ts&&... xs) {
    auto h = sys.spawn(f, std::forward<Ts>(xs)...);
    owned_.push_back(caf::actor_cast<caf::actor>(h));
    drain();
    return h;
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

  template <class Res, class Handle, class... Ts>
  result<Res> ask(const Handle& h, Ts&&... xs) {
    auto rh = self->request(h, std::chrono::seconds(1), std::forward<Ts>(xs)...);
    drain();
    result<Res> out{error{ec::timed_out, "", "no answer"}};
    // An answer that is not there yet waits for the test's clock, as a deadline does.
    if (!self->has_next_message()) sched.advance_time(std::chrono::seconds(1)), drain();
    rh.receive([&](Res& r) { out = std::move(r); },
               [&](caf::error& e) { out = from_caf(e); });
    return out;
  }

 private:
  struct config : caf::actor_system_config {
    config() {
      add_message_types<caf::id_block::riq>();
      set("scheduler.policy", caf::atom("testing"));
      set("logger.file-verbosity", caf::atom("quiet"));
    }
  };

 protected:
  std::vector<caf::actor> owned_;
  config cfg;

 public:
  caf::actor_system sys;
  caf::scoped_actor self;
  caf::scheduler::test_coordinator& sched;
};

} // namespace riq::testing
