#pragma once
// A server with the routes of a test on a free port of loopback.

#include "gateway/server.hpp"
#include "tests/gateway/socket_client.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <utility>
#include <vector>

namespace riq::gateway::testing {

class test_server {
 public:
  explicit test_server(std::vector<route> routes, const http_limits& bounds = {},
                       const auth_settings& auth = {}, std::vector<std::string> proxies = {}) {
    auto table = router::build(std::move(routes));
    auto keys = authenticator::build(auth);
    auto addresses = client_addresses::build(proxies);
    if (!table || !keys || !addresses) {
      ADD_FAILURE() << "the test's routes or settings are wrong";
      return;
    }
    loops = make_loops(2, bounds);
    application = std::make_shared<dispatcher>(std::move(*table), std::move(*keys),
                                               std::move(*addresses), bounds, loops.size());
    running = std::make_unique<server>(loops, application);
    const auto failed = running->start({{"127.0.0.1", 0, "listen.http", ""}});
    EXPECT_FALSE(failed) << failed.detail;
  }

  std::uint16_t port() const { return running->ports().at(0); }
  socket_client client() const { return socket_client{port()}; }

  std::vector<std::shared_ptr<io_loop>> loops;
  std::shared_ptr<dispatcher> application;
  std::unique_ptr<server> running;
};

/// A route whose handler gets the request and the responder.
template <class F>
route make_route(method verb, std::string_view pattern, F handle, body_kind body = body_kind::none,
                 scope needs = scope::read) {
  route r;
  r.verb = verb;
  r.pattern = pattern;
  r.body = body;
  r.needs = needs;
  r.handle = std::move(handle);
  return r;
}

/// Answers with the request's body, or its target when it has none.
inline void echo(request& r, responder to) {
  to.json(r.body.empty() ? r.target : std::move(r.body));
}

inline std::vector<route> echo_routes() {
  return {make_route(method::get, "/echo/{x}", echo),
          make_route(method::post, "/echo", echo, body_kind::json)};
}

} // namespace riq::gateway::testing
