#include "nodes/commands/import/mapped_file.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace riq::commands {

result<mapped_file> mapped_file::open(const std::string& path) {
  const auto wrong = [&](const char* what) {
    return error{ec::invalid, "file", path + ": " + what};
  };
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return wrong(std::strerror(errno));
  struct stat info {};
  ::fstat(fd, &info);
  const auto size = static_cast<std::size_t>(info.st_size);
  void* data = nullptr;
  if (S_ISREG(info.st_mode) && size > 0)
    data = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0);
  ::close(fd);
  if (!S_ISREG(info.st_mode)) return wrong("is no regular file");
  if (size == 0) return wrong("is empty");
  if (data == MAP_FAILED) return wrong(std::strerror(errno));
  ::madvise(data, size, MADV_SEQUENTIAL);
  return mapped_file{static_cast<const char*>(data), size};
}

mapped_file::mapped_file(mapped_file&& other) noexcept
  : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

mapped_file::~mapped_file() {
  if (data_) ::munmap(const_cast<char*>(data_), size_);
}

std::string mapped_file::content_id() const {
  constexpr std::size_t edge = 1 << 20;
  constexpr std::size_t sample = 64 << 10;
  constexpr std::size_t samples = 16;
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> hash{EVP_MD_CTX_new(),
                                                                     &EVP_MD_CTX_free};
  EVP_DigestInit_ex(hash.get(), EVP_sha256(), nullptr);
  const auto add = [&](std::size_t from, std::size_t size) {
    EVP_DigestUpdate(hash.get(), data_ + from, std::min(size, size_ - from));
  };
  const auto size_text = std::to_string(size_) + ":";
  EVP_DigestUpdate(hash.get(), size_text.data(), size_text.size());
  if (size_ <= 2 * edge + samples * sample) {
    add(0, size_);
  } else {
    add(0, edge);
    for (std::size_t i = 1; i <= samples; ++i) add(size_ / (samples + 1) * i, sample);
    add(size_ - edge, edge);
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  EVP_DigestFinal_ex(hash.get(), digest.data(), nullptr);
  static constexpr char digits[] = "0123456789abcdef";
  std::string id;
  for (std::size_t i = 0; i < 16; ++i) id += {digits[digest[i] >> 4], digits[digest[i] & 15]};
  return id;
}

} // namespace riq::commands
