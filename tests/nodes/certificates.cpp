#include "tests/nodes/certificates.hpp"

#include <cstdio>
#include <memory>
#include <stdexcept>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

namespace riq::testing {
namespace {

using key_ptr = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using certificate_ptr = std::unique_ptr<X509, decltype(&X509_free)>;
struct closed {
  void operator()(std::FILE* f) const { std::fclose(f); }
};
using file_ptr = std::unique_ptr<std::FILE, closed>;

file_ptr opened(const std::string& path, const char* mode) {
  file_ptr out{std::fopen(path.c_str(), mode)};
  if (!out) throw std::runtime_error(path + " cannot be opened");
  return out;
}

/// Signed by `signer`, whose name is `by`.
void write(const std::string& path, const std::string& name, EVP_PKEY* key, const std::string& by,
           EVP_PKEY* signer) {
  const certificate_ptr made{X509_new(), &X509_free};
  auto* const c = made.get();
  const auto text = [](const std::string& s) {
    return reinterpret_cast<const unsigned char*>(s.c_str());
  };
  ASN1_INTEGER_set(X509_get_serialNumber(c), 1);
  X509_gmtime_adj(X509_getm_notBefore(c), -60);
  X509_gmtime_adj(X509_getm_notAfter(c), 24L * 60 * 60);
  X509_set_pubkey(c, key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(c), "CN", MBSTRING_UTF8, text(name), -1, -1, 0);
  const std::unique_ptr<X509_NAME, decltype(&X509_NAME_free)> issuer{X509_NAME_new(),
                                                                     &X509_NAME_free};
  X509_NAME_add_entry_by_txt(issuer.get(), "CN", MBSTRING_UTF8, text(by), -1, -1, 0);
  X509_set_issuer_name(c, issuer.get());
  if (X509_sign(c, signer, EVP_sha256()) == 0) throw std::runtime_error("cannot sign");
  PEM_write_X509(opened(path + ".pem", "w").get(), c);
  PEM_write_PrivateKey(opened(path + ".key", "w").get(), key, nullptr, nullptr, 0, nullptr,
                       nullptr);
}

} // namespace

void certificates::authority(const std::string& name) {
  const key_ptr key{EVP_EC_gen("P-256"), &EVP_PKEY_free};
  write(file(name), name, key.get(), name, key.get());
}

link_tls_settings certificates::node(const std::string& name, const std::string& by) {
  const key_ptr key{EVP_EC_gen("P-256"), &EVP_PKEY_free};
  const key_ptr signer{
    PEM_read_PrivateKey(opened(file(by) + ".key", "r").get(), nullptr, nullptr, nullptr),
    &EVP_PKEY_free};
  write(file(name), name, key.get(), by, signer.get());
  return {file(name) + ".pem", file(name) + ".key", file(by) + ".pem"};
}

} // namespace riq::testing
