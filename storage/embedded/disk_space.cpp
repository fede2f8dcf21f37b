#include "storage/embedded/disk_space.hpp"

#include <cerrno>
#include <cstring>
#include <limits>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace riq::storage::embedded {

error prepare_directory(const std::filesystem::path& path) {
  std::error_code failure;
  std::filesystem::create_directories(path, failure);
  if (failure || !std::filesystem::is_directory(path, failure))
    return {ec::storage, "",
            "The data directory " + path.string() + " cannot be made: " +
              (failure ? failure.message() : std::string("there is a file of that name")) +
              ". Choose another, or give this user the right to write there."};
  const auto probe = path / ".writable";
  const auto file = ::open(probe.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
  if (file < 0) {
    const auto reason = errno;
    return {reason == ENOSPC ? ec::disk_full : ec::storage, "",
            "The data directory " + path.string() + " cannot be written: " + std::strerror(reason) +
              ". Choose another, or give this user the right to write."};
  }
  ::close(file);
  ::unlink(probe.c_str());
  return {};
}

std::uint64_t free_bytes(const std::filesystem::path& path) {
  struct statvfs info;
  if (::statvfs(path.c_str(), &info) != 0) return std::numeric_limits<std::uint64_t>::max();
  return std::uint64_t{info.f_bavail} * info.f_frsize;
}

std::uint64_t used_bytes(const std::filesystem::path& path) {
  std::uint64_t sum = 0;
  std::error_code failure;
  for (std::filesystem::directory_iterator it{path, failure}, last; !failure && it != last;
       it.increment(failure)) {
    std::error_code gone; // RocksDB deletes files while we look
    const auto size = it->file_size(gone);
    if (!gone) sum += size;
  }
  return sum;
}

} // namespace riq::storage::embedded
