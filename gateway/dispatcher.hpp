#pragma once
// What happens to a request between the socket and its handler: routing, the key, the content
// type, the query, the places among running requests.
//
// Threading: immutable after construction but for counters; any io thread. Connections and
// responders keep it alive.

#include "gateway/admission.hpp"
#include "gateway/auth.hpp"
#include "gateway/client_address.hpp"
#include "gateway/http_limits.hpp"
#include "gateway/metrics.hpp"
#include "gateway/router.hpp"

#include <memory>
#include <optional>
#include <vector>

namespace riq::gateway {

/// What will be done with a request, known when its header is.
struct plan {
  std::size_t route = 0; ///< its index in the counters
  body_kind body = body_kind::none;
  std::optional<reply> refusal; ///< answered instead of a handler
};

class dispatcher {
 public:
  dispatcher(router routes, authenticator keys, client_addresses addresses,
             const http_limits& bounds, std::size_t loops);

  /// Chooses what to do; fills in the request's path parameters, query and client address.
  plan open(request& r) const;

  /// Hands a complete request to its handler.
  void run(request& r, const plan& p, responder to);

  /// Opens the sink of a streamed body; answers itself, and gives a sink that takes nothing, when
  /// too many requests are running.
  std::shared_ptr<body_sink> stream(request& r, const plan& p, responder to,
                                    std::weak_ptr<body_source> source);

  const http_limits& bounds() const { return bounds_; }
  const router& routes() const { return router_; }
  metrics& counters() { return metrics_; }
  admission& places() { return places_; }
  admission::budget& bodies() { return bodies_; }

  /// The counters' index of what was no request of a route.
  std::size_t unmatched() const { return router_.routes().size(); }
  std::size_t malformed() const { return router_.routes().size() + 1; }

 private:
  bool admit(request& r, const plan& p, responder& to);

  router router_;
  authenticator keys_;
  client_addresses addresses_;
  http_limits bounds_;
  admission places_;
  admission::budget bodies_;
  metrics metrics_;
  std::vector<std::size_t> user_parameter_; ///< by route: which path parameter is the user's id
};

} // namespace riq::gateway
