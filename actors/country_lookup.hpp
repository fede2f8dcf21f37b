#pragma once
// The country of an address, from a MaxMind DB file that is mapped into memory.

#include <memory>
#include <string>

#include "messages/error.hpp"

namespace riq {

/// Any thread may look up at any time.
class country_lookup {
 public:
  /// Knows no address; every answer is empty.
  country_lookup();
  ~country_lookup();
  country_lookup(const country_lookup&) = delete;
  country_lookup& operator=(const country_lookup&) = delete;

  /// Maps the file; `ec::not_found` when there is none, `ec::corrupt` when it is no such database.
  error open(const std::string& path);

  /// ISO 3166-1 alpha-2, empty when the address is none, private, or in no country's range.
  std::string of(const std::string& address) const;

 private:
  struct database;
  std::unique_ptr<database> database_;
};

} // namespace riq
