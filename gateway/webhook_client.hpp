#pragma once
// Calls webhooks over HTTP/1.1, with TLS for https. One connection a call: calls are few, and a
// target that closes idle connections at the wrong moment cannot fail one. Redirects are not
// followed: where calls go is the configuration's word, not an answer's.
//
// Threading: `post` from any thread; everything else happens on the client's own io thread, and
// `done` is called there. Lifecycle: the destructor ends what is open, each with status 0, and
// joins.

#include "messages/webhook_port.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace riq::gateway {

/// The parts of an http:// or https:// address.
struct webhook_url {
  bool secure = false;
  std::string host; ///< without the brackets of an IPv6 address
  std::string port;
  std::string authority; ///< as the Host header names it
  std::string target;    ///< path and query, at least `/`
};

/// Empty host when it is none.
webhook_url parse_webhook_url(std::string_view url);

class beast_webhook_client final : public webhook_client {
 public:
  beast_webhook_client();
  ~beast_webhook_client() override;
  beast_webhook_client(const beast_webhook_client&) = delete;
  beast_webhook_client& operator=(const beast_webhook_client&) = delete;

  void post(webhook_call call, std::function<void(webhook_answer)> done) override;

 private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

} // namespace riq::gateway
