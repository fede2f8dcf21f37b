#include "nodes/link_tls.hpp"

#include <memory>
#include <string>

#include <openssl/err.h>
#include <openssl/ssl.h>

namespace riq {
namespace {

struct freed {
  void operator()(SSL_CTX* c) const { SSL_CTX_free(c); }
};

error unusable(const char* setting, const std::string& path) {
  const auto code = ERR_get_error();
  ERR_clear_error();
  const char* why = code == 0 ? nullptr : ERR_reason_error_string(code);
  return {ec::invalid, std::string{"cluster.tls."} + setting,
          path + " cannot be used: " + (why == nullptr ? "it is no PEM file" : why)};
}

} // namespace

error check_link_tls(const link_tls_settings& files) {
  ERR_clear_error();
  const std::unique_ptr<SSL_CTX, freed> context{SSL_CTX_new(TLS_method())};
  if (!context) return {ec::internal, "cluster.tls", "OpenSSL gave no context"};
  if (SSL_CTX_use_certificate_chain_file(context.get(), files.certificate.c_str()) != 1)
    return unusable("certificate", files.certificate);
  if (SSL_CTX_use_PrivateKey_file(context.get(), files.key.c_str(), SSL_FILETYPE_PEM) != 1)
    return unusable("key", files.key);
  if (SSL_CTX_check_private_key(context.get()) != 1) return unusable("key", files.key);
  if (SSL_CTX_load_verify_locations(context.get(), files.ca.c_str(), nullptr) != 1)
    return unusable("ca", files.ca);
  return {};
}

} // namespace riq
