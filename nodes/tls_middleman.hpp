#pragma once
// CAF's middleman with TLS: what it publishes and what it connects to is encrypted, and both sides
// have shown a certificate. All else, above all the protocol between nodes, is CAF's own.
//
// Lifecycle: one a node, started before the first link and killed by who started it. Threading:
// detached, as connecting waits for the network; the connections themselves belong to CAF's
// multiplexer.

#include <memory>

#include <caf/actor_system.hpp>
#include <caf/io/middleman_actor.hpp>
#include <openssl/ssl.h>

namespace riq {

caf::io::middleman_actor spawn_tls_middleman(caf::actor_system& system,
                                             std::shared_ptr<SSL_CTX> context);

} // namespace riq
