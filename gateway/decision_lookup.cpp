#include "gateway/decision_lookup.hpp"

#include <utility>

namespace riq::gateway {
namespace {

/// Each waits for `http.after_wait_ms`.
constexpr int most_waits = 12;

void look(backend& with, look_up_decision question, int waits,
          unique_function<void(result<decision_standing>)> done) {
  auto again = question;
  with.ask_user<decision_standing>(
    std::move(question), [&with, again = std::move(again), waits,
                          done = std::move(done)](result<decision_standing> s) mutable {
      if (s && s->stale && waits > 1)
        return look(with, std::move(again), waits - 1, std::move(done));
      done(std::move(s));
    });
}

} // namespace

void look_up(backend& with, std::string user, std::uint64_t decision, std::string after,
             unique_function<void(result<decision_standing>)> done) {
  look_up_decision question;
  question.of.user_id = std::move(user);
  question.of.after = std::move(after);
  question.decision = decision;
  look(with, std::move(question), most_waits, std::move(done));
}

} // namespace riq::gateway
