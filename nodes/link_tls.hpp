#pragma once
// The files with which nodes prove to each other who they are. They are read once, at the start.

#include <memory>

#include <openssl/ssl.h>

#include "config/settings.hpp"
#include "messages/error.hpp"

namespace riq {

/// Demands of both sides a certificate that `files.ca` has signed, and TLS 1.3. Names the setting
/// whose file cannot be used, and why.
result<std::shared_ptr<SSL_CTX>> link_context(const link_tls_settings& files);

} // namespace riq
