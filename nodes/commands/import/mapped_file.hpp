#pragma once
// A file to import, mapped into memory, and the id of its content.

#include <string>
#include <string_view>

#include "messages/error.hpp"

namespace riq::commands {

class mapped_file {
 public:
  static result<mapped_file> open(const std::string& path);
  mapped_file(mapped_file&& other) noexcept;
  mapped_file& operator=(mapped_file&&) = delete;
  ~mapped_file();

  std::string_view text() const { return {data_, size_}; }

  /// 32 hexadecimal digits that the same content always has: of its size and of samples at its
  /// head, its tail and between, so that a file of many gigabytes does not have to be read twice.
  std::string content_id() const;

 private:
  mapped_file(const char* data, std::size_t size) : data_(data), size_(size) {}
  const char* data_;
  std::size_t size_;
};

} // namespace riq::commands
