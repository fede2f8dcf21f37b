#pragma once
// Authorities and certificates of a test's own, as PEM files.

#include <string>

#include "config/settings.hpp"
#include "tests/temp_dir.hpp"

namespace riq::testing {

class certificates {
 public:
  /// An authority that others can be signed by.
  void authority(const std::string& name);
  /// A node's certificate, and the authority that it trusts: the one that signed it.
  link_tls_settings node(const std::string& name, const std::string& by);

  std::string file(const std::string& name) const { return folder_.path() / name; }

 private:
  test::temp_dir folder_;
};

} // namespace riq::testing
