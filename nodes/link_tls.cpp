#include "nodes/link_tls.hpp"

#include <string>

#include <openssl/err.h>

namespace riq {
namespace {

error unusable(const char* setting, const std::string& path) {
  const auto code = ERR_get_error();
  ERR_clear_error();
  const char* why = code == 0 ? nullptr : ERR_reason_error_string(code);
  return {ec::invalid, std::string{"cluster.tls."} + setting,
          path + " cannot be used: " + (why == nullptr ? "it is no PEM file" : why)};
}

} // namespace

result<std::shared_ptr<SSL_CTX>> link_context(const link_tls_settings& files) {
  ERR_clear_error();
  const std::shared_ptr<SSL_CTX> context{SSL_CTX_new(TLS_method()), SSL_CTX_free};
  if (!context) return error{ec::internal, "cluster.tls", "OpenSSL gave no context"};
  auto* const c = context.get();
  if (SSL_CTX_use_certificate_chain_file(c, files.certificate.c_str()) != 1)
    return unusable("certificate", files.certificate);
  if (SSL_CTX_use_PrivateKey_file(c, files.key.c_str(), SSL_FILETYPE_PEM) != 1)
    return unusable("key", files.key);
  if (SSL_CTX_check_private_key(c) != 1) return unusable("key", files.key);
  if (SSL_CTX_load_verify_locations(c, files.ca.c_str(), nullptr) != 1)
    return unusable("ca", files.ca);
  SSL_CTX_set_verify(c, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  // In 1.3 writing never waits for something to read.
  SSL_CTX_set_min_proto_version(c, TLS1_3_VERSION);
  SSL_CTX_set_session_cache_mode(c, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(c, 0);
  SSL_CTX_set_mode(c, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  return context;
}

} // namespace riq
