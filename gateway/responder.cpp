#include "gateway/responder.hpp"

#include "gateway/problem.hpp"

#include <utility>

namespace riq::gateway {

responder& responder::operator=(responder&& other) noexcept {
  if (this != &other) {
    responder dropped{std::move(*this)}; // answers what this one still owed
    sink_ = std::move(other.sink_);
    number_ = other.number_;
    global_ = std::move(other.global_);
    user_ = std::move(other.user_);
  }
  return *this;
}

responder::~responder() {
  if (sink_)
    fail({ec::internal, "", "the request was dropped without an answer; please report this"});
}

void responder::send(reply r) {
  const auto sink = std::exchange(sink_, nullptr);
  global_.release();
  user_.release();
  if (sink) sink->answer(number_, std::move(r));
}

void responder::json(std::string body) {
  reply r;
  r.body = std::move(body);
  send(std::move(r));
}

void responder::fail(const error& e) {
  send(problem(e));
}

bool responder::claim_user(admission& bounds, std::string_view user) {
  user_ = bounds.enter_user(user);
  if (user_) return true;
  send(too_many_requests("this user has too many requests running; others are not affected"));
  return false;
}

} // namespace riq::gateway
