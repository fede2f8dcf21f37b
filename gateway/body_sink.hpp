#pragma once
// Bodies that are worked on while they arrive, with backpressure.
//
// Threading: a sink is called on its connection's io thread; `resume_body` from any thread.

#include "gateway/responder.hpp"

#include <memory>
#include <string_view>

namespace riq::gateway {

/// Takes a body as it arrives. Owns the request's responder and answers when its work is done;
/// it may answer early, and the rest of the body is then not read.
class body_sink {
 public:
  virtual ~body_sink() = default;

  /// More of the body. False: no more until `resume_body`.
  virtual bool write(std::string_view part) = 0;

  /// All that the client has sent so far was written; a good moment to pass on what was gathered.
  virtual void drained() = 0;

  /// The body is complete. Not called when the client goes away: the sink is then destroyed.
  virtual void finish() = 0;
};

/// Where a body comes from.
class body_source {
 public:
  virtual ~body_source() = default;
  virtual void resume_body() = 0;
};

} // namespace riq::gateway
