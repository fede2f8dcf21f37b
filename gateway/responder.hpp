#pragma once
// The answer that cannot be forgotten. A responder travels with its request through callbacks and
// threads; whoever has it answers, and if nobody does its destructor answers 500. Exactly one
// answer reaches the connection whatever happens.
//
// Threading: may be moved to and used on any thread, by one thread at a time. The answer is handed
// to the connection's io thread, directly when that is the caller's.

#include "gateway/admission.hpp"
#include "gateway/reply.hpp"
#include "messages/error.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace riq::gateway {

/// Who takes the answers: a connection, or a test.
class reply_sink {
 public:
  virtual ~reply_sink() = default;

  /// The answer to the request with that number. Any thread; must not throw.
  virtual void answer(std::uint64_t number, reply r) = 0;
};

class responder {
 public:
  responder(std::shared_ptr<reply_sink> sink, std::uint64_t number)
    : sink_(std::move(sink)), number_(number) {}

  responder(responder&&) noexcept = default;
  responder& operator=(responder&& other) noexcept;
  ~responder();

  /// Whether the request still waits for its answer here.
  explicit operator bool() const { return sink_ != nullptr; }

  /// Answers; a second answer is dropped.
  void send(reply r);

  /// 200 with a JSON body.
  void json(std::string body);

  /// The problem document of `e`.
  void fail(const error& e);

  /// Holds a place among the running requests until the answer.
  void hold(admission::place p) { global_ = std::move(p); }

  /// Holds a place among the user's running requests; false when the user has too many, and then
  /// this has answered 429.
  bool claim_user(admission& bounds, std::string_view user);

 private:
  std::shared_ptr<reply_sink> sink_;
  std::uint64_t number_ = 0;
  admission::place global_;
  admission::place user_;
};

} // namespace riq::gateway
